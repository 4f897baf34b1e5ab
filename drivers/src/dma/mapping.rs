//! Memory that somebody else owns, lent to a device for one transfer.

use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ptr::NonNull;

use super::{Buffer, Device, Direction, DmaError, Given, Memory};

/// How the bytes get to the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As they are.
    Direct,
    /// Through a buffer, with a copy.
    Bounced,
}

/// Bytes lent to a device. They come back with [`finish`](Self::finish).
///
/// One that is dropped instead leaves the bytes borrowed by nobody while the device may still write them, so dropping is
/// the end for a direct mapping: see [`Drop`]. Bounced bytes are safe; their buffer is lost.
#[derive(Debug)]
#[must_use = "bytes that aren't taken back are lost"]
pub struct Mapping<'b, 'm, M: Memory> {
    bytes: NonNull<[u8]>,
    direction: Direction,
    device: Device<'m, M>,
    bus: u64,
    bounce: Option<Given<'m, M>>,
    lent: PhantomData<&'b mut [u8]>,
}

impl<'b, 'm, M: Memory> Mapping<'b, 'm, M> {
    pub(super) fn new(device: Device<'m, M>, bytes: &'b mut [u8], direction: Direction) -> Result<Self, DmaError> {
        if bytes.is_empty() {
            return Err(DmaError::Empty);
        }
        if !device.has_in_place(NonNull::from(&mut *bytes)) {
            let given = bounced(&device, bytes, direction)?;
            let bus = given.address();
            return Ok(Self::lent(device, NonNull::from(bytes), direction, bus, Some(given)));
        }
        // The pointer that the device gets is the one that is kept: another borrow would take the bytes back from it.
        let bytes = NonNull::from(bytes);
        let bus = device.lend(bytes, direction).ok_or(DmaError::NoMemory { size: bytes.len() })?;
        Ok(Self::lent(device, bytes, direction, bus, None))
    }

    const fn lent(
        device: Device<'m, M>,
        bytes: NonNull<[u8]>,
        direction: Direction,
        bus: u64,
        bounce: Option<Given<'m, M>>,
    ) -> Self {
        Self { bytes, direction, device, bus, bounce, lent: PhantomData }
    }

    /// What the device calls the first byte.
    pub const fn address(&self) -> u64 {
        self.bus
    }

    /// How the bytes get there.
    pub const fn way(&self) -> Way {
        if self.bounce.is_some() { Way::Bounced } else { Way::Direct }
    }

    /// Ends the loan, for a driver that has seen the device say that it is done; the bytes hold what it wrote.
    pub fn finish(self) -> &'b mut [u8] {
        let mut this = ManuallyDrop::new(self);
        let bounce = this.bounce.take();
        if bounce.is_none() {
            // SAFETY: `new` lent the bytes in this direction, in granules of their own; this mapping has them borrowed since.
            unsafe { this.device.end_loan(this.bytes, this.direction) };
        }
        // SAFETY: `bytes` was made from a `&'b mut [u8]` that this mapping holds, which ends here.
        let bytes = unsafe { this.bytes.as_mut() };
        if let Some(buffer) = bounce.map(Given::take)
            && this.direction != Direction::ToDevice
            && let Some(written) = buffer.get(..bytes.len())
        {
            bytes.copy_from_slice(written);
        }
        bytes
    }
}

/// The device may still be at the bytes, and nothing can call it off: going on would corrupt memory some time later.
impl<M: Memory> Drop for Mapping<'_, '_, M> {
    fn drop(&mut self) {
        assert!(self.bounce.is_some(), "memory was taken from a device that may still use it");
    }
}

/// A buffer that holds what the device is to see.
fn bounced<'m, M: Memory>(
    device: &Device<'m, M>,
    bytes: &[u8],
    direction: Direction,
) -> Result<Given<'m, M>, DmaError> {
    let mut buffer: Buffer<'m, M> = device.buffer(bytes.len(), device.memory().granule())?;
    // For a transfer from the device too: what it doesn't write stays what it was.
    if let Some(room) = buffer.get_mut(..bytes.len()) {
        room.copy_from_slice(bytes);
    }
    Ok(buffer.give(direction))
}
