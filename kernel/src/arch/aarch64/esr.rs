//! ESR_EL1 in words (DDI 0487, D19.2.41).

use core::fmt;

/// An exception syndrome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Syndrome(u64);

impl Syndrome {
    /// From ESR_EL1.
    pub const fn new(esr: u64) -> Self {
        Self(esr)
    }

    /// The whole register.
    pub const fn bits(self) -> u64 {
        self.0
    }

    const fn class(self) -> u64 {
        (self.0 >> 26) & 0x3f
    }

    /// An instruction or data abort: FAR_EL1 means something, and the low bits are a fault status code.
    pub const fn is_abort(self) -> bool {
        matches!(self.class(), 0x20 | 0x21 | 0x24 | 0x25)
    }

    /// FAR_EL1 has an address: an abort that doesn't say FnV, a PC alignment fault or a watchpoint.
    pub const fn has_address(self) -> bool {
        const FAR_NOT_VALID: u64 = 1 << 10;
        match self.class() {
            0x22 | 0x34 | 0x35 => true,
            _ => self.is_abort() && self.0 & FAR_NOT_VALID == 0,
        }
    }

    /// A translation fault, of any level: there is no mapping.
    pub const fn is_translation_fault(self) -> bool {
        self.is_abort() && self.0 & 0x3c == 0x04
    }

    const fn class_name(self) -> &'static str {
        match self.class() {
            0x00 => "undefined instruction",
            0x01 => "trapped WFI or WFE",
            0x07 => "FP or SIMD instruction",
            0x0a => "trapped instruction",
            0x0e => "illegal execution state",
            0x15 => "SVC",
            0x16 => "HVC",
            0x17 => "SMC",
            0x18 => "trapped MSR, MRS or system instruction",
            0x20 => "instruction abort from EL0",
            0x21 => "instruction abort",
            0x22 => "PC alignment fault",
            0x24 => "data abort from EL0",
            0x25 => "data abort",
            0x26 => "SP alignment fault",
            0x2f => "SError",
            0x30 | 0x31 => "breakpoint",
            0x32 | 0x33 => "software step",
            0x34 | 0x35 => "watchpoint",
            0x3c => "BRK",
            _ => "unknown exception class",
        }
    }

    const fn fault_name(self) -> &'static str {
        match self.0 & 0x3f {
            0x00..=0x03 => "address size fault",
            0x04..=0x07 => "translation fault",
            0x09..=0x0b => "access flag fault",
            0x0d..=0x0f => "permission fault",
            0x10 => "external abort",
            0x14..=0x17 => "external abort on a table walk",
            0x18 => "parity or ECC error",
            0x1c..=0x1f => "parity or ECC error on a table walk",
            0x21 => "alignment fault",
            0x30 => "TLB conflict",
            0x34 => "lockdown",
            0x35 => "unsupported exclusive or atomic access",
            _ => "unknown fault status",
        }
    }

    /// The table level of a fault status that has one.
    const fn level(self) -> Option<u64> {
        match self.0 & 0x3f {
            status @ (0x00..=0x0f | 0x14..=0x17 | 0x1c..=0x1f) => Some(status & 3),
            _ => None,
        }
    }
}

impl fmt::Display for Syndrome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const WRITE_NOT_READ: u64 = 1 << 6;
        f.write_str(self.class_name())?;
        if !self.is_abort() {
            return write!(f, " (EC {:#04x}, ISS {:#x})", self.class(), self.0 & 0x1ff_ffff);
        }
        if matches!(self.class(), 0x24 | 0x25) {
            f.write_str(if self.0 & WRITE_NOT_READ != 0 { " on a write" } else { " on a read" })?;
        }
        write!(f, ": {}", self.fault_name())?;
        if let Some(level) = self.level() {
            write!(f, ", level {level}")?;
        }
        Ok(())
    }
}
