//! The kernel's heap: talc on frames, which it takes as it grows.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::{NonNull, null_mut};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use kernel_core::frames::{FrameError, Order, Zone};
use kernel_core::system::{self, Count};
use talc::base::Talc;
use talc::base::binning::{Binning, DefaultBinning};
use talc::source::Source;

use crate::counts;
use crate::sync::Lock;

use super::frames;

/// What talc's own notes and the alignment may add to a request.
const OVERHEAD: usize = 4096;

struct Heap {
    talc: Lock<Talc<Growing, DefaultBinning>>,
    peak: AtomicUsize,
    failures: AtomicUsize,
}

#[global_allocator]
static HEAP: Heap = Heap {
    talc: Lock::new(Talc::new(Growing { end: None })),
    peak: AtomicUsize::new(0),
    failures: AtomicUsize::new(0),
};

// SAFETY: talc hands out disjoint, aligned blocks of the frames that `grow` gave it for good; the lock makes it one request
// at a time, and a request from an interrupt handler can't meet one that it interrupted.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let mut talc = self.talc.lock();
        counts::add(talc.masked(), Count::Allocations);
        // SAFETY: by GlobalAlloc's contract the layout's size isn't zero.
        let Some(block) = (unsafe { talc.allocate(layout) }) else {
            self.failures.fetch_add(1, Relaxed);
            return null_mut();
        };
        self.peak.fetch_max(talc.counters().allocated_bytes, Relaxed);
        block.as_ptr()
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let mut talc = self.talc.lock();
        counts::add(talc.masked(), Count::Frees);
        // SAFETY: by GlobalAlloc's contract the block came from `alloc` with this layout and is no longer used.
        unsafe { talc.deallocate(block, layout) }
    }
}

/// Memory for talc: blocks of 2 MiB, or as large as a request.
#[derive(Debug)]
struct Growing {
    /// Where the last frames end, which the next may continue.
    end: Option<NonNull<u8>>,
}

// SAFETY: the pointer is into the linear map, which all cores have; it is used under the heap's lock only.
unsafe impl Send for Growing {}

// SAFETY: `acquire` reaches the heap through its argument alone: frames are handed out without allocating.
unsafe impl Source for Growing {
    fn acquire<B: Binning>(talc: &mut Talc<Self, B>, layout: Layout) -> Result<(), ()> {
        let bytes = layout.size().saturating_add(layout.align()).saturating_add(OVERHEAD);
        // The allocation that failed is told by whoever asked for it.
        grow(talc, bytes as u64).map_err(drop)
    }
}

/// Takes frames for at least `bytes` more.
fn grow<B: Binning>(talc: &mut Talc<Growing, B>, bytes: u64) -> Result<(), FrameError> {
    let order = Order::of_bytes(bytes).ok_or(FrameError::TooLarge(bytes))?.max(Order::BLOCK);
    let frames = frames::alloc(order, Zone::Any)?;
    let (start, size) = (frames.pointer(), order.bytes() as usize);
    frames.leak();
    talc.source.end = match talc.source.end.filter(|end| end.as_ptr() == start) {
        // SAFETY: `end` is where the last claim ended; the frames behind it are the heap's alone, for good.
        Some(end) => Some(unsafe { talc.extend(end, start.wrapping_add(size)) }),
        // SAFETY: the frames are mapped for reading and writing, and the heap's alone, for good.
        None => unsafe { talc.claim(start, size) },
    };
    Ok(())
}

/// Gives the heap its first frames.
pub(super) fn start() -> Result<(), FrameError> {
    grow(&mut HEAP.talc.lock(), Order::BLOCK.bytes())
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
