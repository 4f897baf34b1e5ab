//! A device as the one to give memory to.

use core::ptr::NonNull;

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

/// How CPU and device share a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// One after the other.
    InTurns,
    /// Both at once.
    AtOnce,
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
        let (block, bus) = self.block(size, align, Sharing::InTurns)?;
        Ok(Buffer::new(*self, block, bus))
    }

    /// Zeroed memory that CPU and device use at the same time: rings and descriptors.
    pub fn shared(&self, size: usize, align: usize) -> Result<Shared<'m, M>, DmaError> {
        // Words are accessed whole.
        let (block, bus) = self.block(size, align.max(WORD), Sharing::AtOnce)?;
        Ok(Shared::new(self.memory, block, bus))
    }

    /// Lends `bytes` to the device for one transfer, by way of a buffer where it can't have them as they are.
    pub fn map<'b>(&self, bytes: &'b mut [u8], direction: Direction) -> Result<Mapping<'b, 'm, M>, DmaError> {
        Mapping::new(*self, bytes, direction)
    }

    /// Lends bytes as they are, for a library that keeps buffers by address; says what the device calls the first. `None`
    /// where the device can't reach them.
    ///
    /// Whoever calls this keeps nothing else in the bytes' first and last granules, or knows the device to be coherent:
    /// [`Self::has_in_place`] tells.
    pub fn lend(&self, bytes: NonNull<[u8]>, direction: Direction) -> Option<u64> {
        let bus = self.bus(self.memory.physical(bytes.cast(), bytes.len())?, bytes.len())?;
        self.hand_over(bytes.cast(), bytes.len(), direction);
        Some(bus)
    }

    /// Ends what [`Self::lend`] began, once the device is done.
    ///
    /// # Safety
    /// The bytes were lent in this direction, and nobody wrote to them or to the rest of their granules since, but the device.
    pub unsafe fn end_loan(&self, bytes: NonNull<[u8]>, direction: Direction) {
        // SAFETY: as the caller promises.
        unsafe { self.take_back(bytes.cast(), bytes.len(), direction) };
    }

    /// Whether the device can have bytes as they are: within its reach, and in granules of their own where that matters.
    pub fn has_in_place(&self, bytes: NonNull<[u8]>) -> bool {
        let granule = self.memory.granule();
        let whole = bytes.addr().get().is_multiple_of(granule) && bytes.len().is_multiple_of(granule);
        let physical = self.memory.physical(bytes.cast(), bytes.len()).filter(|_| whole || self.is_coherent());
        physical.is_some_and(|physical| self.bus(physical, bytes.len()).is_some())
    }

    /// A zeroed block and its bus address, for a library that keeps memory by address; freed by [`Self::free`]. Blocks of a
    /// device that isn't coherent share no granule with anything else.
    pub fn block(&self, size: usize, align: usize, sharing: Sharing) -> Result<(Block, u64), DmaError> {
        let caching = match (sharing, self.coherence) {
            (Sharing::AtOnce, Coherence::NonCoherent) => Caching::Uncached,
            (Sharing::AtOnce, Coherence::Coherent) | (Sharing::InTurns, _) => Caching::Cached,
        };
        self.allocate(size, align, caching)
    }

    /// Takes back a block.
    pub fn free(&self, block: Block) {
        self.memory.free(block);
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

    /// A block and its bus address. Where lines are cleaned and forgotten, it shares no granule with anything else.
    fn allocate(&self, size: usize, align: usize, caching: Caching) -> Result<(Block, u64), DmaError> {
        if size == 0 {
            return Err(DmaError::Empty);
        }
        if !align.is_power_of_two() {
            return Err(DmaError::Alignment(align));
        }
        let granule = if self.is_coherent() { 1 } else { self.memory.granule() };
        let whole = size.checked_next_multiple_of(granule).ok_or(DmaError::NoMemory { size })?;
        for within in self.reach.physical() {
            let Some(block) = self.memory.allocate(whole, align.max(granule), within, caching) else { continue };
            match self.bus(block.physical(), block.size()) {
                Some(bus) => return Ok((block, bus)),
                None => self.memory.free(block),
            }
        }
        Err(DmaError::NoMemory { size })
    }
}

impl<M: Memory> Device<'_, M> {
    /// The device may have `size` bytes at `address` now.
    pub(super) fn hand_over(&self, address: NonNull<u8>, size: usize, direction: Direction) {
        if !self.is_coherent() {
            match direction {
                Direction::ToDevice => self.memory.clean(address, size),
                // Written back, because a dirty line that leaves the cache later would cover what the device wrote.
                Direction::FromDevice | Direction::Both => self.memory.clean_and_invalidate(address, size),
            }
        }
        self.memory.before_doorbell();
    }

    /// The CPU has them back.
    ///
    /// # Safety
    /// They were handed over in this direction, and only the device wrote to their granules since.
    pub(super) unsafe fn take_back(&self, address: NonNull<u8>, size: usize, direction: Direction) {
        self.memory.after_completion();
        if !self.is_coherent() && direction != Direction::ToDevice {
            // Again: the core may have fetched lines while the device wrote (DDI 0487, D7.5, on speculative reads).
            // SAFETY: `hand_over` cleaned these lines, and as the caller promises the CPU wrote nothing to them since.
            unsafe { self.memory.invalidate(address, size) };
        }
    }
}
