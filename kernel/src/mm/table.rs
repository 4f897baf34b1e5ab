//! The page tables after the boot: growing the tables that `head.S` wrote, and taking pages away again.
//!
//! Own code rather than aarch64-paging: `docs/decisions/0012-page-tables.md`.

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::ops::Range;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use kernel_core::frames::{Order, Zone};

use crate::arch::layout;
use crate::arch::mmu::{self, Descriptor, ENTRIES, Memory, Protection};
use crate::sync::Lock;

use super::{LINEAR, PAGE, frames};

/// Tables besides the image's own, before frames can be had. A gigabyte of RAM with a hole costs one, a device's window one or two.
const POOL: usize = 32;

/// Why a mapping wasn't made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// Address or size isn't a multiple of the page size.
    #[error("{0:#x} is not on a page boundary")]
    Unaligned(u64),
    /// Something is mapped there.
    #[error("{0:#x} is mapped already")]
    Taken(u64),
    /// All tables are in use.
    #[error("no page table is left")]
    OutOfTables,
}

#[repr(C, align(4096))]
struct Table(UnsafeCell<MaybeUninit<[Descriptor; ENTRIES]>>);

// SAFETY: a table is reached through `Tables` only, which is behind a lock.
unsafe impl Sync for Table {}

/// Not zeroed at the boot: each is when it is taken.
// SAFETY: link.ld keeps the alignment of `.uninit.*`, a page here, in writable memory; the type asks for no contents.
#[unsafe(link_section = ".uninit.tables")]
static POOL_TABLES: [Table; POOL] = [const { Table(UnsafeCell::new(MaybeUninit::uninit())) }; POOL];
static POOL_USED: AtomicUsize = AtomicUsize::new(0);

/// The one set of tables.
pub(super) static TABLES: Lock<Tables> = Lock::new(Tables);

pub(super) struct Tables;

/// Maps `size` bytes at `physical` to `address`, in the largest entries that fit.
///
/// What is mapped there already must be the same. On an error what came before it stays mapped.
pub(super) fn map(
    address: u64,
    physical: u64,
    size: u64,
    protection: Protection,
    memory: Memory,
) -> Result<(), MapError> {
    for value in [address, physical, size] {
        if !value.is_multiple_of(PAGE) {
            return Err(MapError::Unaligned(value));
        }
    }
    let mut tables = TABLES.lock();
    let mut done = 0;
    while done < size {
        let (from, to) = (address + done, physical + done);
        let level = level_for(from | to, size - done);
        let leaf = Descriptor::leaf(to, level, protection, memory);
        done += tables.fill(from, level, leaf, size - done)?;
    }
    mmu::publish();
    Ok(())
}

/// Takes away the pages of `size` bytes at `address`, which `map` mapped one after the other in memory; gives back the first
/// one's physical address. No core has a translation to them when this returns. `None`: they weren't mapped.
pub(super) fn unmap(address: u64, size: u64) -> Option<u64> {
    let mut tables = TABLES.lock();
    let mut first = None;
    for page in (address..address + size).step_by(PAGE as usize) {
        let Some(entry) = tables.existing(page).and_then(|table| table.get_mut(mmu::index(page, 3))) else { continue };
        let was = core::mem::replace(entry, Descriptor::INVALID);
        first = first.or((!was.is_invalid()).then(|| was.target()));
    }
    mmu::forget(address..address + size);
    first
}

/// Ends the mapping at the load address, by which `head.S` came here.
pub fn leave_load_address() {
    mmu::disable_low_half();
    let load = layout::image_physical().start;
    let mut table = layout::root_table();
    let mut tables = TABLES.lock();
    for level in 0..3 {
        let (low, high) = (mmu::index(load, level), mmu::index(mmu::LINK_ADDRESS, level));
        let entries = tables.entries_at(table);
        let next = entries[high].next_table();
        if low != high {
            entries[low] = Descriptor::INVALID;
        }
        let Some(next) = next else { break };
        table = next;
    }
    mmu::flush();
}

/// Tables by which a core whose MMU is still off goes on at the load address: the root's physical address.
///
/// They lead to the table that maps the image's pages, so what holds for the image in the high half holds here.
pub fn load_address_tables() -> Result<u64, MapError> {
    let load = layout::image_physical().start;
    let mut tables = TABLES.lock();
    let mut pages = layout::root_table();
    for level in 0..3 {
        pages = tables.entries_at(pages)[mmu::index(mmu::LINK_ADDRESS, level)].next_table().unwrap_or(pages);
    }
    let mut next = pages;
    for level in (0..3).rev() {
        let table = take_table()?;
        tables.entries_at(table)[mmu::index(load, level)] = Descriptor::table(next);
        next = table;
    }
    mmu::publish();
    Ok(next)
}

/// Physical addresses of the pool's tables that are in use.
pub fn tables_in_use() -> Range<u64> {
    let start = layout::physical(POOL_TABLES.as_ptr() as usize);
    start..start + POOL_USED.load(Relaxed) as u64 * PAGE
}

/// The level whose entries fit `alignment`, the addresses or-ed together, and `size`.
fn level_for(alignment: u64, size: u64) -> u32 {
    (1..3)
        .find(|&level| {
            let covers = 1 << mmu::level_shift(level);
            alignment.is_multiple_of(covers) && size >= covers
        })
        .unwrap_or(3)
}

impl Tables {
    /// Writes leaves from `address` on until the table of `level` or `size` ends; says how many bytes that mapped.
    fn fill(&mut self, address: u64, level: u32, first: Descriptor, size: u64) -> Result<u64, MapError> {
        let covers = 1u64 << mmu::level_shift(level);
        let start = mmu::index(address, level);
        let count = ((size / covers) as usize).min(ENTRIES - start);
        let entries = self.walk(address, level)?;
        let mut leaf = first;
        for entry in entries.get_mut(start..start + count).unwrap_or_default() {
            if entry.is_invalid() {
                *entry = leaf;
            } else if *entry != leaf {
                return Err(MapError::Taken(address));
            }
            leaf = leaf.advanced(covers);
        }
        Ok(count as u64 * covers)
    }

    /// The table of `level` on the way to `address`; tables that are missing are made.
    fn walk(&mut self, address: u64, level: u32) -> Result<&mut [Descriptor; ENTRIES], MapError> {
        let mut table = layout::root_table();
        for above in 0..level {
            let entry = mmu::index(address, above);
            let descriptor = self.entries_at(table)[entry];
            table = match descriptor.next_table() {
                Some(next) => next,
                None if descriptor.is_invalid() => {
                    let next = take_table()?;
                    self.entries_at(table)[entry] = Descriptor::table(next);
                    next
                }
                None => return Err(MapError::Taken(address)),
            };
        }
        Ok(self.entries_at(table))
    }

    /// The level 3 table that has `address`, if there is one.
    fn existing(&mut self, address: u64) -> Option<&mut [Descriptor; ENTRIES]> {
        let mut table = layout::root_table();
        for above in 0..3 {
            table = self.entries_at(table)[mmu::index(address, above)].next_table()?;
        }
        Some(self.entries_at(table))
    }

    /// The table at a physical address that came from a descriptor or from `take_table`.
    pub(super) fn entries_at(&mut self, table: u64) -> &mut [Descriptor; ENTRIES] {
        let address = layout::image_virtual(table).unwrap_or((LINEAR + table) as usize);
        // SAFETY: all tables are page-aligned and initialised: head.S wrote its four, take_table zeroed the others. They lie
        // in the image, or in frames that take_table keeps for good, which the linear map has. They are reached through
        // the only `Tables`, which is borrowed mutably; the walker's reads race with nothing, because entries are
        // single aligned stores.
        unsafe { &mut *(address as *mut [Descriptor; ENTRIES]) }
    }
}

/// A zeroed table's physical address.
fn take_table() -> Result<u64, MapError> {
    let index = POOL_USED.load(Relaxed);
    let Some(table) = POOL_TABLES.get(index) else { return take_frame() };
    POOL_USED.store(index + 1, Relaxed);
    let address = table.0.get();
    // SAFETY: each index is taken once, under the lock of TABLES, so nothing else uses this table yet; it is one page.
    unsafe { mmu::zero_page(address.cast()) };
    // Empty for the walker before an entry leads to it.
    mmu::publish();
    Ok(layout::physical(address as usize))
}

/// The same where the image has no table left.
fn take_frame() -> Result<u64, MapError> {
    let frames = frames::alloc(Order::FRAME, Zone::Any).map_err(|_| MapError::OutOfTables)?;
    // SAFETY: a frame is one page in the linear map, and this one is nobody else's.
    unsafe { mmu::zero_page(frames.pointer().cast()) };
    mmu::publish();
    Ok(frames.leak().start)
}
