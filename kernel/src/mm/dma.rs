//! Memory for devices: `drivers::dma` over frames and the kernel's caches.

use core::ops::Range;
use core::ptr::NonNull;

use drivers::dma::{Block, Caching, Memory};
use kernel_core::frames::Order;

use crate::arch::mmu::{Memory as Attributes, Protection};
use crate::arch::{cache, layout, mmu};

use super::frames::{self, Frames};
use super::{BLOCK, LINEAR, PAGE, PHYSICAL_END, UNCACHED, UNCACHED_END, table};

/// The kernel's memory, as devices get it.
#[derive(Debug)]
pub struct KernelMemory;

// SAFETY: a block is a run of frames that was leaked for it, so nobody else has them; both mappings, the linear one and
// the uncached one, are read-write. The frames were zeroed through the linear one, and where the other is used those zeros
// are in memory and no line of them in the caches; the linear addresses are used by nobody then. CTR_EL0.CWG says what is
// written back together, and maintenance goes to the point of coherency.
unsafe impl Memory for KernelMemory {
    fn allocate(&self, size: usize, align: usize, within: Range<u64>, caching: Caching) -> Option<Block> {
        // A run is aligned to its size.
        let size = size.max(align);
        let order = Order::of_bytes(size as u64)?;
        let frames = frames::alloc_within(order, &within).ok()?;
        let range = frames.range();
        let linear = frames.pointer();
        // SAFETY: the run is in the linear map, writable, and it is ours.
        unsafe { linear.write_bytes(0, (range.end - range.start) as usize) };
        let address = match caching {
            Caching::Cached => NonNull::new(linear)?,
            Caching::Uncached => uncached(&range, linear.addr())?,
        };
        let physical = frames.leak().start;
        // SAFETY: the run was leaked for this block, mapped at `address` just now or for good, and zeroed.
        Some(unsafe { Block::new(address, physical, size, caching) })
    }

    fn free(&self, block: Block) {
        // Cannot fail: the block's own size, as it was given.
        let Some(order) = Order::of_bytes(block.size() as u64) else { return };
        if block.caching() == Caching::Uncached {
            table::unmap(block.address().addr().get() as u64, order.bytes());
        }
        // SAFETY: `allocate` leaked this run of this order for the block, which is given back once, by value.
        drop(unsafe { Frames::of_leaked(block.physical(), order) });
    }

    fn physical(&self, address: NonNull<u8>, size: usize) -> Option<u64> {
        let first = address.addr().get() as u64;
        let last = first.checked_add(size as u64)?.checked_sub(1)?;
        if first >= LINEAR && last < LINEAR + PHYSICAL_END {
            return Some(first - LINEAR);
        }
        if layout::image().contains(&(first as usize)) && layout::image().contains(&(last as usize)) {
            return Some(layout::physical(first as usize));
        }
        let start = mmu::translate(first)?;
        let pages = (first & !(PAGE - 1)..=last).step_by(PAGE as usize).skip(1);
        let contiguous = pages.map(|page| (page - first, mmu::translate(page)));
        contiguous.into_iter().all(|(offset, found)| found == Some(start + offset)).then_some(start)
    }

    fn granule(&self) -> usize {
        cache::cache_type().granule()
    }

    fn clean(&self, address: NonNull<u8>, size: usize) {
        cache::clean(address.expose_provenance().get(), size);
    }

    fn clean_and_invalidate(&self, address: NonNull<u8>, size: usize) {
        cache::clean_and_invalidate(address.expose_provenance().get(), size);
    }

    unsafe fn invalidate(&self, address: NonNull<u8>, size: usize) {
        // SAFETY: the caller's promise is that of `cache::invalidate`, for these very bytes.
        unsafe { cache::invalidate(address.expose_provenance().get(), size) };
    }

    fn before_doorbell(&self) {
        cache::before_doorbell();
    }

    fn after_completion(&self) {
        cache::after_completion();
    }
}

/// Maps frames a second time, past the caches; their lines leave the caches first. Page by page, as they are unmapped.
fn uncached(range: &Range<u64>, linear: usize) -> Option<NonNull<u8>> {
    let size = range.end - range.start;
    if size >= BLOCK || range.end > UNCACHED_END {
        return None;
    }
    cache::clean_and_invalidate(linear, size as usize);
    let address = UNCACHED + range.start;
    table::map(address, range.start, size, Protection::Data, Attributes::Uncached).ok()?;
    NonNull::new(address as *mut u8)
}
