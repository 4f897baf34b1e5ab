//! Interrupt numbers as positions in registers, which GICv2 and GICv3 have alike.

use hardware::board::Trigger;

use crate::{InterruptError, Intid};

/// A line, by who has it (IHI 0048B, 2.2.1; IHI 0069H, 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// SGI or PPI: each CPU has its own.
    Private(Private),
    /// SPI: there is one for all CPUs.
    Shared(Shared),
}

/// 0 to 31.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Private(u32);

/// 32 to 1019.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shared(u32);

impl Line {
    /// `None` for numbers that aren't below `lines`.
    pub(crate) fn new(line: Intid, lines: u32) -> Option<Self> {
        match line.0 {
            0..32 => Some(Self::Private(Private(line.0))),
            number if number < lines => Some(Self::Shared(Shared(number))),
            _ => None,
        }
    }

    /// Index and bit in registers of one bit a line, where private and shared lines have one array.
    pub(crate) fn bit(self) -> (usize, u32) {
        match self {
            Self::Private(line) => (0, line.mask()),
            Self::Shared(line) => line.bit(),
        }
    }

    /// Index and shift in registers of two bits a line.
    pub(crate) fn pair(self) -> (usize, u32) {
        match self {
            Self::Private(line) => line.pair(),
            Self::Shared(line) => line.pair(),
        }
    }

    /// Index and shift in registers of one byte a line.
    pub(crate) fn byte(self) -> (usize, u32) {
        match self {
            Self::Private(line) => line.byte(),
            Self::Shared(line) => line.byte(),
        }
    }

    /// The SGI, if it is one.
    pub(crate) fn sgi(self) -> Option<Private> {
        match self {
            Self::Private(line) if line.is_sgi() => Some(line),
            _ => None,
        }
    }
}

impl Private {
    /// The bit in registers of one bit a line.
    pub(crate) fn mask(self) -> u32 {
        1 << (self.0 % 32)
    }

    /// Index and shift in registers of two bits a line.
    pub(crate) fn pair(self) -> (usize, u32) {
        pair(self.0)
    }

    /// Index and shift in registers of one byte a line.
    pub(crate) fn byte(self) -> (usize, u32) {
        byte(self.0)
    }

    /// SGIs are always edges.
    pub(crate) fn is_sgi(self) -> bool {
        self.0 < 16
    }
}

impl Shared {
    /// Index and bit in registers of one bit a line.
    pub(crate) fn bit(self) -> (usize, u32) {
        (self.0 as usize / 32, 1 << (self.0 % 32))
    }

    /// Index and shift in registers of two bits a line.
    pub(crate) fn pair(self) -> (usize, u32) {
        pair(self.0)
    }

    /// Index and shift in registers of one byte a line.
    pub(crate) fn byte(self) -> (usize, u32) {
        byte(self.0)
    }

    /// Index in registers of one register a line.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

fn pair(number: u32) -> (usize, u32) {
    (number as usize / 16, number % 16 * 2)
}

fn byte(number: u32) -> (usize, u32) {
    (number as usize / 4, number % 4 * 8)
}

/// ICFGR's two bits: 0b10 is edge, 0b00 level (IHI 0048B, 4.3.13; IHI 0069H, GICD_ICFGR). `None` keeps what is there.
pub(crate) fn shared_trigger(trigger: Trigger) -> Result<Option<u32>, InterruptError> {
    match trigger {
        Trigger::EdgeRising => Ok(Some(0b10)),
        Trigger::LevelHigh => Ok(Some(0b00)),
        Trigger::Unspecified => Ok(None),
        // The GIC detects neither on an SPI.
        Trigger::EdgeFalling | Trigger::LevelLow => Err(InterruptError::NotPossible),
    }
}

/// As [`shared_trigger`]; the polarity of a PPI is wired, and device trees give either.
pub(crate) fn private_trigger(trigger: Trigger) -> Option<u32> {
    match trigger {
        Trigger::EdgeRising | Trigger::EdgeFalling => Some(0b10),
        Trigger::LevelHigh | Trigger::LevelLow => Some(0b00),
        Trigger::Unspecified => None,
    }
}
