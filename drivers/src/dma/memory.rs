//! What DMA needs of the kernel: blocks of memory, and the caches over them.

use core::ops::Range;
use core::ptr::NonNull;

/// Which way the bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The device reads.
    ToDevice,
    /// The device writes.
    FromDevice,
    /// The device does both.
    Both,
}

/// How the CPU reaches a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// Through its caches.
    Cached,
    /// Past them: Normal Non-cacheable memory, for what CPU and device use at the same time.
    Uncached,
}

/// Physically contiguous memory that has one owner.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// Where the CPU finds it.
    pub address: NonNull<u8>,
    /// Its first physical address.
    pub physical: u64,
    /// Its bytes.
    pub size: usize,
    /// How it is mapped.
    pub caching: Caching,
}

// SAFETY: a block is memory with one owner, at an address that is the same for every core.
unsafe impl Send for Block {}

/// The kernel's memory, as DMA sees it.
///
/// # Safety
/// A block that `allocate` gives is mapped for reading and writing at `address`, physically contiguous from `physical`,
/// initialised, and nobody else's until it is freed. `physical` tells the truth, `line` is a power of two and at
/// least the size of the largest cache line between CPU and memory, and `clean` and `invalidate` reach the point where a
/// device that isn't coherent sees memory.
pub unsafe trait Memory {
    /// A zeroed block of at least `size` bytes, `align`ed (a power of two), all of it within the physical addresses
    /// `within`; `None` if there is none.
    fn allocate(&self, size: usize, align: usize, within: Range<u64>, caching: Caching) -> Option<Block>;

    /// Takes back a block.
    fn free(&self, block: Block);

    /// The physical address behind `size` bytes at `address`; `None` where they aren't mapped or not contiguous.
    fn physical(&self, address: NonNull<u8>, size: usize) -> Option<u64>;

    /// Bytes of a cache line.
    fn line(&self) -> usize;

    /// Writes back the lines that hold these bytes.
    fn clean(&self, address: NonNull<u8>, size: usize);

    /// Writes back the lines that hold these bytes, then forgets them.
    fn clean_and_invalidate(&self, address: NonNull<u8>, size: usize);

    /// Forgets the lines that hold these bytes. What the CPU wrote to them and hasn't cleaned may be lost.
    fn invalidate(&self, address: NonNull<u8>, size: usize);

    /// What the CPU wrote is seen by the device before anything that the CPU does next.
    fn before_doorbell(&self);

    /// Nothing that the CPU reads next was read before.
    fn after_completion(&self);
}
