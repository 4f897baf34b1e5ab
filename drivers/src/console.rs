//! What the kernel sees of a serial console.

use crate::mmio::poll;

/// A device that takes and gives bytes.
pub trait Console {
    /// Hands one byte to the device; waits, bounded, for room.
    fn write_byte(&mut self, byte: u8) -> Result<(), ConsoleError>;

    /// Hands over bytes in order; stops at the first that fails.
    fn write_bytes(&mut self, bytes: &[u8]) -> Result<(), ConsoleError> {
        bytes.iter().try_for_each(|&byte| self.write_byte(byte))
    }

    /// Hands over what there is room for now of a text for a terminal, without waiting: a newline becomes a carriage return and
    /// a newline. Says how many of `text`'s bytes that were.
    fn offer_text(&mut self, text: &[u8]) -> usize;

    /// Hands over all of a text for a terminal; waits, bounded, for room.
    fn write_text(&mut self, text: &str) -> Result<(), ConsoleError> {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let mut taken = 0;
            let moves = poll(|| {
                taken = self.offer_text(rest);
                taken > 0
            });
            if !moves {
                return Err(ConsoleError::Stuck);
            }
            rest = rest.get(taken..).unwrap_or_default();
        }
        Ok(())
    }

    /// A received byte; `None` where none is waiting. A byte that came with an error is that error.
    fn read_byte(&mut self) -> Result<Option<u8>, ConsoleError>;

    /// Waits, bounded, until everything has left the device.
    fn flush(&mut self) -> Result<(), ConsoleError>;

    /// Raises the interrupt line whenever bytes have been received.
    fn enable_receive_interrupt(&mut self);

    /// Takes the line down again until more bytes come.
    fn acknowledge_receive_interrupt(&mut self);
}

/// Why a console didn't do what it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConsoleError {
    /// The window is smaller than the register map.
    #[error("the window is smaller than the register map")]
    WindowTooSmall,
    /// The identification registers are another device's.
    #[error("another device answers")]
    NotThere,
    /// The transmitter didn't move in a million polls.
    #[error("the transmitter doesn't move")]
    Stuck,
    /// The clock can't be divided down to the baud rate within the divisor's range.
    #[error("the clock can't give this baud rate")]
    Baud,
    /// The receive FIFO was full when the byte after this one came.
    #[error("bytes were lost: the receive FIFO was full")]
    Overrun,
    /// The line was held low for longer than a character.
    #[error("break")]
    Break,
    /// The parity bit was wrong.
    #[error("parity error")]
    Parity,
    /// The stop bit was missing.
    #[error("framing error")]
    Framing,
}
