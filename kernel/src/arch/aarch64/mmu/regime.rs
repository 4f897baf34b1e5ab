//! The registers that rule over every descriptor, read back.

use core::arch::asm;

use aarch64_cpu::registers::{ID_AA64MMFR1_EL1, MAIR_EL1, Readable, SCTLR_EL1, TCR_EL1};

use super::{MAIR, MMFR1_PAN, SCTLR_WXN};

/// The registers that rule over every descriptor, as the core has them.
#[derive(Debug, Clone, Copy)]
pub struct Regime {
    /// Nothing that can be written is executed, whatever its descriptor says (SCTLR_EL1.WXN).
    pub wxn: bool,
    /// What EL0 may reach is closed to the kernel (PSTATE.PAN); `None`: the core can't.
    pub pan: Option<bool>,
    /// MAIR_EL1 is [`MAIR`].
    attributes: bool,
    /// Walks through TTBR0_EL1 are off.
    low_half_off: bool,
}

/// What a core doesn't do that it was told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegimeError {
    /// See [`Regime::wxn`].
    #[error("SCTLR_EL1.WXN is off")]
    Wxn,
    /// See [`Regime::pan`].
    #[error("PSTATE.PAN is off, and the core has it")]
    Pan,
    /// The memory attributes aren't those of the descriptors.
    #[error("MAIR_EL1 isn't what the page tables are made for")]
    Attributes,
    /// There is a way round the kernel's tables.
    #[error("TCR_EL1.EPD0 is off: the low half of the address space is open")]
    LowHalf,
}

impl Regime {
    /// Reads them.
    pub fn of_this_core() -> Self {
        let has_pan = ID_AA64MMFR1_EL1.get() >> MMFR1_PAN & 0xf != 0;
        // SAFETY: reads PSTATE.PAN (DDI 0487, C5.2.15), in the branch where the core has it.
        let pan = has_pan.then(|| unsafe {
            let pan: u64;
            asm!("mrs {}, S3_0_C4_C2_3", out(reg) pan, options(nomem, nostack, preserves_flags));
            pan & 1 << 22 != 0
        });
        Self {
            wxn: SCTLR_EL1.get() & SCTLR_WXN != 0,
            pan,
            attributes: MAIR_EL1.get() == MAIR,
            low_half_off: TCR_EL1.is_set(TCR_EL1::EPD0),
        }
    }

    /// Whether they are as `head.S` and `disable_low_half` left them.
    pub fn check(self) -> Result<(), RegimeError> {
        match self {
            Self { wxn: false, .. } => Err(RegimeError::Wxn),
            Self { pan: Some(false), .. } => Err(RegimeError::Pan),
            Self { attributes: false, .. } => Err(RegimeError::Attributes),
            Self { low_half_off: false, .. } => Err(RegimeError::LowHalf),
            _ => Ok(()),
        }
    }
}
