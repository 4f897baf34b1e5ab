//! RAM that nobody else owns: its linear map, and the heap on it.

use kernel_core::ram::RamMap;

use crate::arch::mmu::{Memory, Protection};
use crate::arch::probe;
use crate::log::warning;
use crate::sync::Lock;

use super::{BLOCK, LINEAR, MapError, PHYSICAL_END, heap, table};

/// Separate ranges of RAM that are kept apart.
pub const RANGES: usize = 32;

/// What is in the linear map.
static RAM: Lock<RamMap<RANGES>> = Lock::new(RamMap::new());
/// The heap's physical addresses.
static HEAP: Lock<core::ops::Range<u64>> = Lock::new(0..0);

/// Why there is no heap, or not all RAM is mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RamError {
    /// No block of RAM is free.
    #[error("no 2 MiB of RAM are free for the heap")]
    None,
    /// A range couldn't be mapped; it is left out.
    #[error("RAM at {start:#x} isn't mapped: {cause}")]
    Map {
        /// First address of the range.
        start: u64,
        /// Why not.
        cause: MapError,
    },
}

/// Maps all of `free`, RAM that has no owner, and puts the heap on the largest range.
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
    let range = loop {
        let largest = mapped.largest().ok_or(RamError::None)?;
        let size = ((largest.end - largest.start) / heap::SHARE).next_multiple_of(BLOCK).min(heap::SIZE_MAX);
        let range = largest.start..largest.start + size;
        let Some(address) = forgetful(&range) else { break range };
        let (start, end) = (largest.start, largest.end - 1);
        warning!("RAM {start:#x}..={end:#x} left out: {address:#x} doesn't keep what is written");
        // Cannot fail: a whole range leaves the map.
        let _ = mapped.remove(largest);
    };
    *HEAP.lock() = range.clone();
    // SAFETY: the range is in the linear map for good, read-write, and it leaves the free RAM here, so that nothing
    // else is given any of it.
    let given = unsafe { heap::give((LINEAR + range.start) as usize..(LINEAR + range.end) as usize) };
    // Cannot fail: the heap is the start of a range, which shrinks and doesn't split.
    let _ = mapped.remove(range);
    if given { outcome } else { Err(RamError::None) }
}

/// The first address at which a block of `range`, which is in the linear map and unused, isn't memory.
///
/// The live tree's word is all there is about RAM, and a heap on an address that nothing answers would be the end.
fn forgetful(range: &core::ops::Range<u64>) -> Option<u64> {
    let starts = range.clone().step_by(BLOCK as usize);
    starts.flat_map(|start| [start, start + BLOCK - 8]).find(|&address| {
        // The complement differs from any constant that a bus without an answer may give.
        // SAFETY: the range is mapped writable, as Normal memory, and nothing else uses it yet.
        !unsafe { probe::keeps((LINEAR + address) as usize, !address) }
    })
}

/// RAM in the linear map that nothing uses.
pub fn free() -> RamMap<RANGES> {
    RAM.lock().clone()
}

/// The heap's physical addresses.
pub fn heap_range() -> core::ops::Range<u64> {
    HEAP.lock().clone()
}
