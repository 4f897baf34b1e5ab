//! Device windows: from a checked window to a bus.

use hardware::board::Window;
use hardware::check::Checked;

use core::ptr::NonNull;

use drivers::mmio::Mmio;

use crate::arch::mmio;
use crate::arch::mmu::{Memory, Protection};
use crate::machine::last_words;
use crate::sync::Lock;

use super::{DEVICE, MapError, PAGE, PHYSICAL_END, table};

/// The windows that have an owner, by address.
static OWNED: Lock<heapless::Vec<(&'static str, Window), WINDOWS>> = Lock::new(heapless::Vec::new());
const WINDOWS: usize = 64;

/// Why a window can't be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// Empty, beyond the map, or not aligned as accesses of 64 bits need.
    #[error("{0} can't be mapped")]
    Shape(Window),
    /// Another driver has it or a part of it.
    #[error("{0} overlaps {1}, which has an owner")]
    Owned(Window, Window),
    /// The list of owners is full.
    #[error("more than {WINDOWS} windows are mapped")]
    TooMany,
    /// No mapping.
    #[error(transparent)]
    Map(#[from] MapError),
}

/// Maps `window`, never executable, and makes the result its one owner: the device `name`. `memory` is Device-nGnRE for
/// registers.
pub fn map_device(name: &'static str, window: Checked<Window>, memory: Memory) -> Result<mmio::Window, DeviceError> {
    let window = window.get();
    let end = window.base.checked_add(window.size).filter(|&end| end <= PHYSICAL_END);
    let Some(end) = end.filter(|_| window.size > 0 && window.base.is_multiple_of(8)) else {
        return Err(DeviceError::Shape(window));
    };
    let mut owned = OWNED.lock();
    // What is there is apart from one another, so only the two beside it can overlap it. None's sum overflows: all were
    // held to the limit above.
    let place = owned.partition_point(|(_, other)| other.base + other.size <= window.base);
    if let Some((_, other)) = owned.get(place).filter(|(_, other)| other.base < end) {
        return Err(DeviceError::Owned(window, *other));
    }
    owned.insert(place, (name, window)).map_err(|_| DeviceError::TooMany)?;
    let first = window.base & !(PAGE - 1);
    let size = end.next_multiple_of(PAGE) - first;
    table::map(DEVICE + first, first, size, Protection::Data, memory)?;
    let base = NonNull::without_provenance(
        core::num::NonZero::new((DEVICE + window.base) as usize).ok_or(DeviceError::Shape(window))?,
    );
    // SAFETY: the window is mapped as device memory for good, at an address that keeps the alignment of 8 checked
    // above. It overlaps no window in OWNED, where it now stands itself, so no other Mmio covers it.
    Ok(unsafe { Mmio::new(base, window.size as usize) })
}

/// The nth window that has an owner, by address, and whose it is.
pub fn owned(index: usize) -> Option<(&'static str, Window)> {
    OWNED.lock().get(index).copied()
}

/// Whose the page with the physical address `at` is, and where its owner's pages end. Of two in one page it is the first.
pub(super) fn owner(at: u64) -> Option<(&'static str, u64)> {
    owner_among(&OWNED.lock(), at)
}

/// The same when a panic has begun, past the lock.
pub fn owner_in_panic(at: u64) -> Option<&'static str> {
    let mut owner = None;
    last_words::force(&OWNED, |owned| owner = owner_among(owned, at));
    owner.map(|(name, _)| name)
}

fn owner_among(owned: &[(&'static str, Window)], at: u64) -> Option<(&'static str, u64)> {
    let end = |window: &Window| (window.base + window.size).next_multiple_of(PAGE);
    let (name, window) = owned.get(owned.partition_point(|(_, window)| end(window) <= at))?;
    (window.base & !(PAGE - 1) <= at).then(|| (*name, end(window)))
}
