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

/// Physically contiguous memory that has one owner, until [`Memory::free`].
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a block that isn't freed is lost"]
pub struct Block {
    address: NonNull<u8>,
    physical: u64,
    size: usize,
    caching: Caching,
}

impl Block {
    /// The `size` bytes at `address`, whose first physical address is `physical`.
    ///
    /// # Safety
    /// They are what [`Memory`] says of a block, and no other block has any of them: whoever frees this one gives them to others.
    pub const unsafe fn new(address: NonNull<u8>, physical: u64, size: usize, caching: Caching) -> Self {
        Self { address, physical, size, caching }
    }

    /// Where the CPU finds it.
    pub const fn address(&self) -> NonNull<u8> {
        self.address
    }

    /// Its first physical address.
    pub const fn physical(&self) -> u64 {
        self.physical
    }

    /// Its bytes.
    pub const fn size(&self) -> usize {
        self.size
    }

    /// How it is mapped.
    pub const fn caching(&self) -> Caching {
        self.caching
    }
}

// SAFETY: a block is memory with one owner, at an address that is the same for every core.
unsafe impl Send for Block {}

/// The kernel's memory, as DMA sees it.
///
/// # Safety
/// A block that `allocate` gives is mapped for reading and writing at `address`, physically contiguous from `physical`,
/// initialised, and nobody else's until it is freed. `physical` tells the truth, `granule` is a power of two and at least
/// what any cache between CPU and memory writes back at once, and `clean` and `invalidate` reach the point where a device
/// that isn't coherent sees memory.
pub unsafe trait Memory {
    /// A zeroed block of at least `size` bytes, `align`ed (a power of two), all of it within the physical addresses
    /// `within`; `None` if there is none.
    fn allocate(&self, size: usize, align: usize, within: Range<u64>, caching: Caching) -> Option<Block>;

    /// Takes back a block.
    fn free(&self, block: Block);

    /// The physical address behind `size` bytes at `address`; `None` where they aren't mapped or not contiguous.
    fn physical(&self, address: NonNull<u8>, size: usize) -> Option<u64>;

    /// Bytes that may be written back together: what a device writes shares none of them with what the CPU writes.
    fn granule(&self) -> usize;

    /// Writes back the lines that hold these bytes.
    fn clean(&self, address: NonNull<u8>, size: usize);

    /// Writes back the lines that hold these bytes, then forgets them.
    fn clean_and_invalidate(&self, address: NonNull<u8>, size: usize);

    /// Forgets the lines that hold these bytes. What the CPU wrote to them and hasn't cleaned may be lost.
    ///
    /// # Safety
    /// Nothing that was written through the cache to the granules of these bytes since they were last cleaned is wanted.
    unsafe fn invalidate(&self, address: NonNull<u8>, size: usize);

    /// What the CPU wrote is seen by the device before anything that the CPU does next.
    fn before_doorbell(&self);

    /// Nothing that the CPU reads next was read before.
    fn after_completion(&self);
}
