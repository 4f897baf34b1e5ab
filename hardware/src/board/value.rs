//! The values that a fact can have, each in the unit that its name says.

/// A CPU-physical register window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// CPU-physical address of the first byte.
    pub base: u64,
    /// Bytes.
    pub size: u64,
}

/// The GIC's interrupt types, as the `arm,gic` and `arm,gic-v3` bindings number them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterruptType {
    /// Shared peripheral interrupt; INTID = number + 32.
    Spi,
    /// Private peripheral interrupt; INTID = number + 16.
    Ppi,
    /// Extended SPI; INTID = number + 4096.
    Espi,
    /// Extended PPI; INTID = number + 1056.
    Eppi,
}

/// How a line signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// Flags 1.
    EdgeRising,
    /// Flags 2; the GIC can't detect it on an SPI.
    EdgeFalling,
    /// Flags 4.
    LevelHigh,
    /// Flags 8; the GIC can't detect it on an SPI.
    LevelLow,
    /// Flags 0 or a combination.
    Unspecified,
}

/// An interrupt line of the GIC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupt {
    /// Which number space `number` counts in.
    pub kind: InterruptType,
    /// The binding's number, not the INTID.
    pub number: u16,
    /// Edge or level.
    pub trigger: Trigger,
}

/// A frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hertz(pub u64);

/// A CPU's affinity: MPIDR_EL1 with only Aff3..Aff0 (DDI 0487, D19.2.98).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mpidr(pub u64);

/// How PSCI is called (DEN 0022, 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conduit {
    /// `hvc #0`.
    Hvc,
    /// `smc #0`.
    Smc,
}

/// A fact's value.
///
/// Numbered from 1, so that no value is all zeroes: a ledger's buffer is then cleared in one go instead of row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Value<'a> {
    /// The `compatible` string by which a binding knows the device.
    Compatible(&'a str) = 1,
    /// A register window.
    Window(Window),
    /// A line of the GIC.
    Interrupt(Interrupt),
    /// A clock's rate.
    Clock(Hertz),
    /// A CPU's affinity.
    Mpidr(Mpidr),
    /// PSCI's conduit.
    Conduit(Conduit),
}

impl Window {
    /// `size` bytes at CPU-physical `base`.
    pub const fn new(base: u64, size: u64) -> Self {
        Self { base, size }
    }
}

impl Interrupt {
    /// The number by which the GIC's registers know the line (IHI 0069, 2.2).
    pub const fn intid(self) -> u32 {
        let first = match self.kind {
            InterruptType::Ppi => 16,
            InterruptType::Spi => 32,
            InterruptType::Eppi => 1056,
            InterruptType::Espi => 4096,
        };
        first + self.number as u32
    }

    /// An SPI; the usual constructor in generated tables.
    pub const fn spi(number: u16, trigger: Trigger) -> Self {
        Self { kind: InterruptType::Spi, number, trigger }
    }

    /// A PPI.
    pub const fn ppi(number: u16, trigger: Trigger) -> Self {
        Self { kind: InterruptType::Ppi, number, trigger }
    }
}

impl Trigger {
    /// From the flags cell of a GIC interrupt specifier; the low four bits say the trigger.
    pub const fn from_flags(flags: u32) -> Self {
        match flags & 0xf {
            1 => Self::EdgeRising,
            2 => Self::EdgeFalling,
            4 => Self::LevelHigh,
            8 => Self::LevelLow,
            _ => Self::Unspecified,
        }
    }
}
