//! Memory that CPU and device use at the same time.

use core::sync::atomic::{AtomicU32, Ordering};

use super::{Block, Memory};
use crate::extent;

/// Rings and descriptors: words that either side may change at any moment, so each access is one atomic word.
///
/// Freed by [`Shared::end`] alone. One that is dropped instead is lost: a device that may still write must not find somebody
/// else's memory there.
#[derive(Debug)]
#[must_use = "memory that isn't ended is lost"]
pub struct Shared<'m, M: Memory> {
    memory: &'m M,
    block: Block,
    bus: u64,
}

/// A word that isn't in the memory, or not on a boundary of 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no word at offset {offset:#x} of {size:#x} bytes")]
pub struct OutOfBounds {
    /// The offset that was asked for.
    pub offset: usize,
    /// Bytes that there are.
    pub size: usize,
}

impl<'m, M: Memory> Shared<'m, M> {
    pub(super) const fn new(memory: &'m M, block: Block, bus: u64) -> Self {
        Self { memory, block, bus }
    }

    /// What the device calls the first byte.
    pub const fn address(&self) -> u64 {
        self.bus
    }

    /// Writes a word that the device doesn't look at yet.
    pub fn store(&self, offset: usize, word: u32) -> Result<(), OutOfBounds> {
        self.word(offset)?.store(word, Ordering::Relaxed);
        Ok(())
    }

    /// Writes the word that tells the device about all that was stored before.
    pub fn publish(&self, offset: usize, word: u32) -> Result<(), OutOfBounds> {
        let place = self.word(offset)?;
        self.memory.before_doorbell();
        place.store(word, Ordering::Release);
        Ok(())
    }

    /// Reads a word that the device doesn't change any more.
    pub fn load(&self, offset: usize) -> Result<u32, OutOfBounds> {
        Ok(self.word(offset)?.load(Ordering::Relaxed))
    }

    /// Reads the word by which the device tells of all that it wrote before.
    pub fn observe(&self, offset: usize) -> Result<u32, OutOfBounds> {
        let word = self.word(offset)?.load(Ordering::Acquire);
        self.memory.after_completion();
        Ok(word)
    }

    /// Gives the memory back, for a driver that has stopped the device.
    pub fn end(self) {
        self.memory.free(self.block);
    }

    fn word(&self, offset: usize) -> Result<&AtomicU32, OutOfBounds> {
        let size = self.block.size();
        if !extent::holds(size, offset, size_of::<AtomicU32>()) {
            return Err(OutOfBounds { offset, size });
        }
        // SAFETY: by `Memory`'s contract the block is mapped, initialised and ours; the word lies in it, on a boundary
        // of 4 because the block is aligned to at least that. The device changes it as another atomic observer does.
        Ok(unsafe { self.block.address().add(offset).cast::<AtomicU32>().as_ref() })
    }
}
