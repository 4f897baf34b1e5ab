//! A device as the one to give memory to.

use super::{Block, Buffer, Caching, Direction, Mapping, Memory, Reach, Shared};

/// What a shared word is aligned to.
const WORD: usize = 4;

/// Whether the device sees what is in the CPUs' caches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coherence {
    /// It does: `dma-coherent`.
    Coherent,
    /// It sees memory only.
    NonCoherent,
}

/// Why a device has no memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DmaError {
    /// There is none that it can reach.
    #[error("no {size} bytes are free that the device can reach")]
    NoMemory {
        /// Bytes that were asked for.
        size: usize,
    },
    /// Nothing can be done with no bytes.
    #[error("a DMA buffer of no bytes")]
    Empty,
    /// Not a power of two.
    #[error("DMA buffers can't be aligned to {0}")]
    Alignment(usize),
    /// The bytes aren't where the kernel knows their physical address.
    #[error("the bytes have no one physical address")]
    NotMapped,
}

/// What a device reaches, and how it sees memory.
#[derive(Debug)]
pub struct Device<'m, M> {
    memory: &'m M,
    reach: Reach<'m>,
    coherence: Coherence,
}

impl<M> Clone for Device<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Device<'_, M> {}

impl<'m, M: Memory> Device<'m, M> {
    /// A device on a bus with these `dma-ranges`.
    pub const fn new(memory: &'m M, reach: Reach<'m>, coherence: Coherence) -> Self {
        Self { memory, reach, coherence }
    }

    /// A zeroed buffer that the device can reach, for transfers in turns.
    pub fn buffer(&self, size: usize, align: usize) -> Result<Buffer<'m, M>, DmaError> {
        let (block, bus) = self.block(size, align, Caching::Cached)?;
        Ok(Buffer::new(*self, block, bus))
    }

    /// Zeroed memory that CPU and device use at the same time: rings and descriptors.
    pub fn shared(&self, size: usize, align: usize) -> Result<Shared<'m, M>, DmaError> {
        let caching = match self.coherence {
            Coherence::Coherent => Caching::Cached,
            Coherence::NonCoherent => Caching::Uncached,
        };
        // Words are accessed whole.
        let (block, bus) = self.block(size, align.max(WORD), caching)?;
        Ok(Shared::new(self.memory, block, bus))
    }

    /// Lends `bytes` to the device for one transfer, by way of a buffer where it can't have them as they are.
    pub fn map<'b>(&self, bytes: &'b mut [u8], direction: Direction) -> Result<Mapping<'b, 'm, M>, DmaError> {
        Mapping::new(*self, bytes, direction)
    }

    pub(super) const fn memory(&self) -> &'m M {
        self.memory
    }

    pub(super) fn bus(&self, physical: u64, size: usize) -> Option<u64> {
        self.reach.bus(physical, size)
    }

    pub(super) fn is_coherent(&self) -> bool {
        self.coherence == Coherence::Coherent
    }

    /// A block and its bus address. Where lines are cleaned and forgotten, it shares none with anything else.
    fn block(&self, size: usize, align: usize, caching: Caching) -> Result<(Block, u64), DmaError> {
        if size == 0 {
            return Err(DmaError::Empty);
        }
        if !align.is_power_of_two() {
            return Err(DmaError::Alignment(align));
        }
        let line = if self.is_coherent() { 1 } else { self.memory.line() };
        let whole = size.checked_next_multiple_of(line).ok_or(DmaError::NoMemory { size })?;
        for within in self.reach.physical() {
            let Some(block) = self.memory.allocate(whole, align.max(line), within, caching) else { continue };
            match self.bus(block.physical, block.size) {
                Some(bus) => return Ok((block, bus)),
                None => self.memory.free(block),
            }
        }
        Err(DmaError::NoMemory { size })
    }
}

impl<M: Memory> Device<'_, M> {
    /// The device may have the block's first `size` bytes now.
    pub(super) fn hand_over(&self, block: &Block, size: usize, direction: Direction) {
        if !self.is_coherent() {
            match direction {
                Direction::ToDevice => self.memory.clean(block.address, size),
                // Written back, because a dirty line that leaves the cache later would cover what the device wrote.
                Direction::FromDevice | Direction::Both => self.memory.clean_and_invalidate(block.address, size),
            }
        }
        self.memory.before_doorbell();
    }

    /// The CPU has them back.
    pub(super) fn take_back(&self, block: &Block, size: usize, direction: Direction) {
        self.memory.after_completion();
        if !self.is_coherent() && direction != Direction::ToDevice {
            // Again: the core may have fetched lines while the device wrote (DDI 0487, D7.5, on speculative reads).
            self.memory.invalidate(block.address, size);
        }
    }
}
