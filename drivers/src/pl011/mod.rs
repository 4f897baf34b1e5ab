//! ARM PrimeCell UART (DDI 0183G).
//!
//! Transmission polls the flag register, once for a whole FIFO where it is empty. Reception can raise an interrupt;
//! [`Console::read_byte`] empties the FIFO from its handler.

mod divisor;

use hardware::board::Hertz;
use tock_registers::LocalRegisterCopy;
use tock_registers::interfaces::{ReadWriteable, Readable, Writeable};

use self::divisor::Divisor;
use crate::mmio::{Bus, poll};
use crate::registers::pl011::{CR, DR, FR, ICR, IFLS, IMSC, LCR_H, Registers};
use crate::{Console, ConsoleError};

/// Entries of the transmit FIFO. Revision r1p5 has 32, all others 16: fewer is always right.
const FIFO: usize = 16;

/// The UART. Over a window that is shared it can be copied: a copy may write when whoever reads can't be waited for.
#[derive(Debug, Clone, Copy)]
pub struct Pl011<B: Bus> {
    registers: Registers<B>,
    /// A byte that came with the news of an overrun, which had to be told first.
    held: Option<u8>,
}

/// FR's value at one time.
type Flags = LocalRegisterCopy<u32, FR::Register>;

/// Writes that share polls: an empty FIFO, which [`Pl011::new`] has left enabled, takes [`FIFO`] bytes without a look;
/// one that isn't full takes one.
struct Burst<'u, B: Bus> {
    uart: &'u mut Pl011<B>,
    room: usize,
}

/// Where the baud rate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baud {
    /// The divisors stay as they are: firmware's are right more often than any clock.
    Keep,
    /// The divisors are worked out from the clock, UARTCLK.
    Set {
        /// UARTCLK's rate.
        clock: Hertz,
        /// Bits per second.
        rate: u32,
    },
}

impl<B: Bus> Pl011<B> {
    /// Takes the window and switches the UART on, eight bits with FIFOs, without interrupts. One that already runs like
    /// that under [`Baud::Keep`] isn't interrupted.
    pub fn new(bus: B, baud: Baud) -> Result<Self, ConsoleError> {
        let registers = Registers::new(bus).map_err(|_| ConsoleError::WindowTooSmall)?;
        if !registers.probe() {
            return Err(ConsoleError::NotThere);
        }
        let mut uart = Self { registers, held: None };
        match baud {
            Baud::Keep if uart.is_running() => {}
            Baud::Keep => uart.restart(None)?,
            Baud::Set { clock, rate } => uart.restart(Some(Divisor::new(clock, rate)?))?,
        }
        uart.registers.imsc().set(0);
        Ok(uart)
    }

    /// Gives the window back, with the UART running.
    pub fn into_bus(self) -> B {
        self.registers.into_bus()
    }

    fn is_running(&self) -> bool {
        let on = CR::UARTEN::SET + CR::TXE::SET + CR::RXE::SET;
        let format = LCR_H::FEN::SET + LCR_H::WLEN::Bits8;
        self.registers.cr().matches_all(on) && self.registers.lcr_h().matches_all(format)
    }

    /// Line control may change only while the UART is off and idle (3.3.8, "Program the control registers").
    fn restart(&mut self, divisor: Option<Divisor>) -> Result<(), ConsoleError> {
        if self.registers.cr().is_set(CR::UARTEN) {
            self.flush()?;
        }
        self.registers.cr().modify(CR::UARTEN::CLEAR);
        if let Some(divisor) = divisor {
            self.registers.ibrd().set(divisor.integer);
            self.registers.fbrd().set(divisor.fraction);
        }
        // The write also latches the divisors (3.3.7), so it comes after them even where nothing else changes.
        self.registers.lcr_h().modify(LCR_H::WLEN::Bits8 + LCR_H::FEN::SET);
        self.registers.cr().modify(CR::UARTEN::SET + CR::TXE::SET + CR::RXE::SET);
        Ok(())
    }

    fn burst(&mut self) -> Burst<'_, B> {
        Burst { uart: self, room: 0 }
    }

    /// Polls the flags until they are as wished.
    #[inline(always)]
    fn wait(&self, ready: impl Fn(Flags) -> bool) -> Result<Flags, ConsoleError> {
        let mut flags = Flags::new(0);
        let done = poll(|| {
            flags.set(self.registers.fr().get());
            ready(flags)
        });
        if done { Ok(flags) } else { Err(ConsoleError::Stuck) }
    }
}

impl<B: Bus> Burst<'_, B> {
    #[inline(always)]
    fn put(&mut self, byte: u8) -> Result<(), ConsoleError> {
        if self.room == 0 {
            let flags = self.uart.wait(|flags| !flags.is_set(FR::TXFF))?;
            self.room = room_by(flags);
        }
        self.room -= 1;
        self.uart.registers.dr().write(DR::DATA.val(byte.into()));
        Ok(())
    }
}

/// Bytes that the transmit FIFO takes for certain.
#[inline(always)]
fn room_by(flags: Flags) -> usize {
    match (flags.is_set(FR::TXFE), flags.is_set(FR::TXFF)) {
        (true, _) => FIFO,
        (false, false) => 1,
        (false, true) => 0,
    }
}

impl<B: Bus> Console for Pl011<B> {
    fn write_byte(&mut self, byte: u8) -> Result<(), ConsoleError> {
        self.burst().put(byte)
    }

    fn write_bytes(&mut self, bytes: &[u8]) -> Result<(), ConsoleError> {
        let mut burst = self.burst();
        bytes.iter().try_for_each(|&byte| burst.put(byte))
    }

    fn offer_text(&mut self, text: &[u8]) -> usize {
        let mut room = 0;
        for (taken, &byte) in text.iter().enumerate() {
            let needed = if byte == b'\n' { 2 } else { 1 };
            if room < needed {
                room = room_by(self.registers.fr().extract());
                if room < needed {
                    return taken;
                }
            }
            room -= needed;
            if byte == b'\n' {
                self.registers.dr().write(DR::DATA.val(b'\r'.into()));
            }
            self.registers.dr().write(DR::DATA.val(byte.into()));
        }
        text.len()
    }

    fn read_byte(&mut self) -> Result<Option<u8>, ConsoleError> {
        if let Some(byte) = self.held.take() {
            return Ok(Some(byte));
        }
        if self.registers.fr().is_set(FR::RXFE) {
            return Ok(None);
        }
        let data = self.registers.dr().take();
        let byte = data.read(DR::DATA) as u8;
        if data.is_set(DR::BE) {
            return Err(ConsoleError::Break);
        }
        if data.is_set(DR::FE) {
            return Err(ConsoleError::Framing);
        }
        if data.is_set(DR::PE) {
            return Err(ConsoleError::Parity);
        }
        if data.is_set(DR::OE) {
            self.held = Some(byte);
            return Err(ConsoleError::Overrun);
        }
        Ok(Some(byte))
    }

    fn flush(&mut self) -> Result<(), ConsoleError> {
        self.wait(|flags| flags.is_set(FR::TXFE) && !flags.is_set(FR::BUSY)).map(drop)
    }

    fn enable_receive_interrupt(&mut self) {
        // The level is the lowest; the receive timeout tells of what stays below it (2.8, UARTRTINTR).
        self.registers.ifls().modify(IFLS::RXIFLSEL::Eighth);
        self.registers.imsc().modify(IMSC::RXIM::SET + IMSC::RTIM::SET);
    }

    fn acknowledge_receive_interrupt(&mut self) {
        self.registers.icr().clear(ICR::RXIC::SET + ICR::RTIC::SET);
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
