//! RAM that nobody else owns: its linear map, on which the frame allocator starts.

use core::fmt;
use core::ops::Range;

use kernel_core::frames::{FrameError, RANGES};
use kernel_core::ram::RamMap;
use kernel_core::text::{Causes, Tell};

use crate::arch::mmu::{Memory, Protection};
use crate::sync::Lock;

use super::{BLOCK, LINEAR, MapError, PHYSICAL_END, frames, heap, table};

/// What is in the linear map.
static RAM: Lock<RamMap<RANGES>> = Lock::new(RamMap::new());

/// Why there is no heap, or not all RAM is mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RamError {
    /// No block of RAM is free.
    #[error("no 2 MiB of RAM are free for the heap")]
    None(#[source] FrameError),
    /// A range couldn't be mapped; it is left out.
    #[error("RAM at {start:#x} isn't mapped: {cause}")]
    Map {
        /// First address of the range.
        start: u64,
        /// Why not.
        cause: MapError,
    },
}

impl Causes for RamError {
    fn causes(&self, tell: &mut Tell<'_>) -> fmt::Result {
        match self {
            Self::None(source) => tell(source),
            Self::Map { .. } => Ok(()),
        }
    }
}

/// Maps all of `free`, RAM that has no owner, and starts frames and heap on it.
///
/// RAM is mapped in whole blocks of 2 MiB or 1 GiB: what shares a block with something owned stays out of the linear
/// map, so that nothing is mapped twice with different rights.
pub fn start(mut free: RamMap<RANGES>) -> Result<(), RamError> {
    // Cannot fail: what lies beyond the end is cut off, never split.
    let _ = free.remove(PHYSICAL_END..u64::MAX);
    free.align_inward(BLOCK);
    let mut outcome = Ok(());
    let mut mapped = RAM.lock();
    for range in free.ranges() {
        let (start, size) = (range.start, range.end - range.start);
        match table::map(LINEAR + start, start, size, Protection::Data, Memory::Normal) {
            // Cannot fail: the ranges come from a map of the same capacity.
            Ok(()) => drop(mapped.add(range.clone())),
            Err(cause) => outcome = Err(RamError::Map { start, cause }),
        }
    }
    frames::start(mapped.clone());
    heap::start().map_err(RamError::None)?;
    outcome
}

/// RAM in the linear map.
pub fn mapped() -> RamMap<RANGES> {
    RAM.lock().clone()
}

/// The range in the linear map that has a physical address.
pub(super) fn range_at(physical: u64) -> Option<Range<u64>> {
    RAM.lock().ranges().iter().find(|range| range.contains(&physical)).cloned()
}
