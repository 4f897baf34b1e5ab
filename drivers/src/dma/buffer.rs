//! Buffers that CPU and device own in turns.

use core::mem::ManuallyDrop;
use core::ops::{Deref, DerefMut};
use core::slice;

use super::{Block, Device, Direction, Memory};

/// A buffer that the CPU owns.
#[derive(Debug)]
pub struct Buffer<'m, M: Memory> {
    device: Device<'m, M>,
    /// Taken out only by `drop`.
    block: ManuallyDrop<Block>,
    bus: u64,
}

/// A buffer that the device owns: it has an address, and no contents until it is taken back.
///
/// One that is dropped instead is never freed: a device that may still write must not find somebody else's memory there.
#[derive(Debug)]
#[must_use = "a buffer that isn't taken back is lost"]
pub struct Given<'m, M: Memory> {
    buffer: ManuallyDrop<Buffer<'m, M>>,
    direction: Direction,
}

impl<'m, M: Memory> Buffer<'m, M> {
    pub(super) const fn new(device: Device<'m, M>, block: Block, bus: u64) -> Self {
        Self { device, block: ManuallyDrop::new(block), bus }
    }

    /// Makes it the device's. What the CPU wrote is in memory when this returns.
    pub fn give(self, direction: Direction) -> Given<'m, M> {
        self.device.hand_over(self.block.address(), self.block.size(), direction);
        Given { buffer: ManuallyDrop::new(self), direction }
    }
}

impl<'m, M: Memory> Given<'m, M> {
    /// What the device calls its first byte.
    pub fn address(&self) -> u64 {
        self.buffer.bus
    }

    /// Makes it the CPU's again, for a driver that has seen the device say that it is done.
    pub fn take(self) -> Buffer<'m, M> {
        let buffer = ManuallyDrop::into_inner(self.buffer);
        // SAFETY: `give` handed the block over in this direction; a `Given` lends no bytes, and a block shares no granule.
        unsafe { buffer.device.take_back(buffer.block.address(), buffer.block.size(), self.direction) };
        buffer
    }
}

impl<M: Memory> Deref for Buffer<'_, M> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: by `Memory`'s contract the block is mapped, initialised and ours until `drop` frees it; the device has
        // it only while it is inside a `Given`, which lends no bytes.
        unsafe { slice::from_raw_parts(self.block.address().as_ptr(), self.block.size()) }
    }
}

impl<M: Memory> DerefMut for Buffer<'_, M> {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `deref`, and `self` is borrowed mutably for as long as the bytes are.
        unsafe { slice::from_raw_parts_mut(self.block.address().as_ptr(), self.block.size()) }
    }
}

impl<M: Memory> Drop for Buffer<'_, M> {
    fn drop(&mut self) {
        // SAFETY: nothing uses the block after `drop`, which runs once.
        let block = unsafe { ManuallyDrop::take(&mut self.block) };
        self.device.memory().free(block);
    }
}
