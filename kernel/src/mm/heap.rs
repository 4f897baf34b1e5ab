//! The kernel's heap: talc on one range of live RAM.

use core::alloc::{GlobalAlloc, Layout};
use core::ops::Range;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use kernel_core::system;
use talc::base::Talc;
use talc::base::binning::DefaultBinning;
use talc::source::Manual;

use crate::sync::Lock;

/// The heap's share of the largest free range of RAM: one part in this many.
pub const SHARE: u64 = 4;
/// The most it takes.
pub const SIZE_MAX: u64 = 64 << 20;

struct Heap {
    talc: Lock<Talc<Manual, DefaultBinning>>,
    peak: AtomicUsize,
    failures: AtomicUsize,
}

#[global_allocator]
static HEAP: Heap =
    Heap { talc: Lock::new(Talc::new(Manual)), peak: AtomicUsize::new(0), failures: AtomicUsize::new(0) };

// SAFETY: talc hands out disjoint, aligned blocks of what `give` claimed, which is mapped for good; the lock makes it
// one request at a time, and a request from an interrupt handler can't meet one that it interrupted.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let mut talc = self.talc.lock();
        // SAFETY: by GlobalAlloc's contract the layout's size isn't zero.
        let Some(block) = (unsafe { talc.allocate(layout) }) else {
            self.failures.fetch_add(1, Relaxed);
            return null_mut();
        };
        self.peak.fetch_max(talc.counters().allocated_bytes, Relaxed);
        block.as_ptr()
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: by GlobalAlloc's contract the block came from `alloc` with this layout and is no longer used.
        unsafe { self.talc.lock().deallocate(block, layout) }
    }
}

/// Gives the heap its memory: virtual addresses of mapped RAM. False if it is too small to use.
///
/// # Safety
/// The range is mapped for reading and writing for good, and nothing else uses it from now on.
pub(super) unsafe fn give(range: Range<usize>) -> bool {
    // SAFETY: the caller gives the range away.
    unsafe { HEAP.talc.lock().claim(range.start as *mut u8, range.len()) }.is_some()
}

/// What the heap has and uses.
pub fn usage() -> system::Heap {
    let talc = HEAP.talc.lock();
    let counters = talc.counters();
    system::Heap {
        size: counters.claimed_bytes as u64,
        used: counters.allocated_bytes as u64,
        peak: HEAP.peak.load(Relaxed) as u64,
        failures: HEAP.failures.load(Relaxed) as u64,
    }
}
