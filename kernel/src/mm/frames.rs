//! Physical frames: kernel-core's allocator over the linear map.

use core::mem::ManuallyDrop;
use core::ops::Range;

use kernel_core::frames::{
    self as core_frames, Entry, FrameAllocator, FrameError, LeftOut, Order, RANGES, Ram, Usage, Zone,
};
use kernel_core::ram::RamMap;

use crate::arch::probe;
use crate::log::warning;
use crate::sync::Lock;

use super::LINEAR;

static FRAMES: Lock<FrameAllocator<'static>> = Lock::new(FrameAllocator::empty());

/// A run of frames that its holder alone uses; given back when dropped. What it holds at first is whatever was there.
#[derive(Debug)]
pub struct Frames(ManuallyDrop<core_frames::Frames>);

/// A run of `order` that `zone` or one below it has.
pub fn alloc(order: Order, zone: Zone) -> Result<Frames, FrameError> {
    FRAMES.lock().alloc(order, zone, &mut LinearMap).map(|frames| Frames(ManuallyDrop::new(frames)))
}

/// A run of `order` whose every address is in `within`.
#[cfg(driver = "virtio-mmio")]
pub fn alloc_within(order: Order, within: &Range<u64>) -> Result<Frames, FrameError> {
    FRAMES.lock().alloc_within(order, within, &mut LinearMap).map(|frames| Frames(ManuallyDrop::new(frames)))
}

/// Starts on `mapped`, RAM in the linear map that has no owner.
pub(super) fn start(mapped: RamMap<RANGES>) {
    FRAMES.lock().start(mapped);
}

/// What `zone` has, without the zones below it.
pub fn usage(zone: Zone) -> Usage {
    FRAMES.lock().usage(zone)
}

/// Bytes that can still be had.
pub fn free_bytes() -> u64 {
    let frames = FRAMES.lock();
    Zone::ALL.into_iter().fold(0, |sum, zone| sum + frames.usage(zone).free)
}

impl Frames {
    /// The first byte's physical address, a multiple of the size.
    pub fn base(&self) -> u64 {
        self.0.base()
    }

    /// The physical addresses.
    pub fn range(&self) -> Range<u64> {
        self.0.range()
    }

    /// Where the first byte is in the linear map.
    pub fn pointer(&self) -> *mut u8 {
        (LINEAR + self.base()) as *mut u8
    }

    /// What it holds, in words.
    #[cfg(command = "stress")]
    pub fn words(&mut self) -> &mut [u64] {
        let count = self.0.order().bytes() as usize / size_of::<u64>();
        // SAFETY: the allocator handed these frames to this holder alone, the borrow of it is exclusive, and the linear map has
        // them as Normal memory for good; their first address is a frame's, and any bits are a u64.
        unsafe { core::slice::from_raw_parts_mut(self.pointer().cast(), count) }
    }

    /// What `leak` let go of.
    ///
    /// # Safety
    /// `base` and `order` are of a run that was leaked, this is called once for it, and nothing uses the run any more.
    pub(super) unsafe fn of_leaked(base: u64, order: Order) -> Self {
        Self(ManuallyDrop::new(core_frames::Frames::of_leaked(base, order)))
    }

    /// Keeps it until [`Frames::of_leaked`], or for good.
    pub fn leak(self) -> Range<u64> {
        ManuallyDrop::new(self).range()
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        // SAFETY: a Frames is dropped once, and `leak` keeps its own from being dropped; nothing uses the field afterwards.
        let frames = unsafe { ManuallyDrop::take(&mut self.0) };
        // Cannot fail: `alloc` handed it out, and nothing else makes one.
        let _ = FRAMES.lock().free(frames);
    }
}

/// The linear map as the allocator sees it.
struct LinearMap;

impl Ram<'static> for LinearMap {
    /// The live tree's word is all there is about RAM, and whoever got an address that nothing answers would be the end.
    fn forgets(&mut self, block: Range<u64>) -> Option<u64> {
        [block.start, block.end - 8].into_iter().find(|&address| {
            let at = (LINEAR + address) as usize;
            // SAFETY: the block is in the linear map as Normal memory, where a read has no side effect.
            let Some(before) = (unsafe { probe::read(at) }) else { return true };
            // The complement differs from any constant that a bus without an answer may give. What was there comes back:
            // where memory that isn't there mirrors memory that is, those bytes are somebody's.
            // SAFETY: the mapping is writable, and the allocator asks before anything of the block is in use.
            unsafe { !probe::keeps(at, !address) || !probe::keeps(at, u64::from_ne_bytes(before)) }
        })
    }

    fn entries(&mut self, at: u64, count: usize) -> &'static mut [Entry] {
        // SAFETY: by the trait's contract these frames are RAM that was tried, are never handed out, and are asked for once,
        // so this is their one reference. They are in the linear map for good; `at` is a frame's address. An Entry is
        // a u64, of which any bits are a value.
        unsafe { core::slice::from_raw_parts_mut((LINEAR + at) as *mut Entry, count) }
    }

    fn left_out(&mut self, range: Range<u64>, why: LeftOut) {
        let (start, end) = (range.start, range.end - 1);
        warning!("RAM {start:#x}..={end:#x} left out: {why}");
    }
}
