//! Spin tables: the word in RAM by which firmware's parked cores are called (Linux,
//! Documentation/arch/arm64/booting.rst).

use hardware::tree::Tree;

use crate::arch::mmu::{Memory, Protection};
use crate::arch::per_cpu::CPUS_MAX;
use crate::arch::{layout, probe, secondary};
use crate::sync::Lock;

use super::{LINEAR, MapError, PAGE, PHYSICAL_END, table};

/// The pages with such words.
static MAPPED: Lock<heapless::Vec<u64, CPUS_MAX>> = Lock::new(heapless::Vec::new());

/// Why a core can't be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// The tree's address can't be a spin table's.
    #[error("its release address {0:#x} is no word of firmware's RAM")]
    Place(u64),
    /// It couldn't be mapped; what is mapped already is the kernel's own.
    #[error("its release address {0:#x}: {1}")]
    Map(u64, MapError),
    /// What was written isn't there.
    #[error("its release address {0:#x} doesn't keep what is written")]
    Lost(u64),
}

/// Has the core that waits at the physical address `word` go to the physical address `entry`.
///
/// The address is the live tree's, and a wrong one must not cost more than the core: it has to lie in RAM that nobody
/// gave to the kernel.
pub fn release(tree: &Tree<'_>, word: u64, entry: u64) -> Result<(), ReleaseError> {
    let in_ram = tree.memory().flatten().any(|region| word.checked_sub(region.base).is_some_and(|at| at < region.size));
    let possible = in_ram && word.is_multiple_of(8) && word < PHYSICAL_END && !layout::image_physical().contains(&word);
    if !possible {
        return Err(ReleaseError::Place(word));
    }
    let page = word & !(PAGE - 1);
    table::map(LINEAR + page, page, PAGE, Protection::Data, Memory::Normal)
        .map_err(|cause| ReleaseError::Map(word, cause))?;
    // Cannot fail: no more cores are called than there is room for.
    let _ = MAPPED.lock().push(page);
    // SAFETY: mapped just now, for writing, as Normal memory; a page that the kernel uses would have been mapped before,
    // with its block.
    if !unsafe { probe::keeps((LINEAR + word) as usize, entry) } {
        return Err(ReleaseError::Lost(word));
    }
    secondary::send_event();
    Ok(())
}

/// Whether a word in the page at the physical address `page` calls cores.
pub(super) fn has(page: u64) -> bool {
    MAPPED.lock().contains(&page)
}
