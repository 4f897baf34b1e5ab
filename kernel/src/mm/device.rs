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
static OWNED: Lock<heapless::Vec<Owned, WINDOWS>> = Lock::new(heapless::Vec::new());
const WINDOWS: usize = 64;

/// A window that has an owner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owned {
    /// Whose it is.
    pub(super) name: &'static str,
    /// How it is mapped.
    pub(super) memory: Memory,
    window: Window,
}

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
    // What is there is apart from one another, so only the two beside it can overlap it.
    let place = owned.partition_point(|other| other.end() <= window.base);
    let (below, above) = (place.checked_sub(1).and_then(|below| owned.get(below)), owned.get(place));
    if let Some(other) = above.filter(|other| other.window.base < end) {
        return Err(DeviceError::Owned(window, other.window));
    }
    let new = Owned { name, memory, window };
    // Small windows share pages: what either has of them is there.
    let is_mapped = [below, above].into_iter().flatten().any(|other| other.maps(&new));
    owned.insert(place, new).map_err(|_| DeviceError::TooMany)?;
    if !is_mapped {
        let (first, end) = (new.first_page(), new.end_of_pages());
        if let Err(cause) = table::map(DEVICE + first, first, end - first, Protection::Data, memory) {
            // A neighbour would take it for mapped.
            owned.remove(place);
            return Err(cause.into());
        }
    }
    let base = NonNull::without_provenance(
        core::num::NonZero::new((DEVICE + window.base) as usize).ok_or(DeviceError::Shape(window))?,
    );
    // SAFETY: the window is mapped as device memory for good, at an address that keeps the alignment of 8 checked
    // above. It overlaps no window in OWNED, where it now stands itself, so no other Mmio covers it.
    Ok(unsafe { Mmio::new(base, window.size as usize) })
}

/// The nth window that has an owner, by address, and whose it is.
pub fn owned(index: usize) -> Option<(&'static str, Window)> {
    OWNED.lock().get(index).map(|owned| (owned.name, owned.window))
}

/// The window that the page with the physical address `at` is mapped for. Of two in one page it is the first.
pub(super) fn owner(at: u64) -> Option<Owned> {
    owner_among(&OWNED.lock(), at)
}

/// Whose it is, when a panic has begun, past the lock.
pub fn owner_in_panic(at: u64) -> Option<&'static str> {
    let mut owner = None;
    last_words::force(&OWNED, |owned| owner = owner_among(owned, at));
    owner.map(|owned| owned.name)
}

fn owner_among(owned: &[Owned], at: u64) -> Option<Owned> {
    let found = owned.get(owned.partition_point(|owned| owned.end_of_pages() <= at))?;
    (found.first_page() <= at).then_some(*found)
}

// No sum overflows: windows were held to the map's end before they came here.
impl Owned {
    /// The address behind its last page.
    pub(super) fn end_of_pages(&self) -> u64 {
        self.end().next_multiple_of(PAGE)
    }

    fn first_page(&self) -> u64 {
        self.window.base & !(PAGE - 1)
    }

    fn end(&self) -> u64 {
        self.window.base + self.window.size
    }

    /// Whether its pages are all that `other` needs, and mapped alike.
    fn maps(&self, other: &Self) -> bool {
        self.memory == other.memory
            && self.first_page() <= other.first_page()
            && other.end_of_pages() <= self.end_of_pages()
    }
}
