//! The way from firmware's entry to Rust in the high half: `head.S` with its constants.

use core::arch::global_asm;
use core::mem::offset_of;

use super::beacon::{BEACON, Beacon, Stage};
use super::mmu;
use super::per_cpu::BLOCKS;

/// HCR_EL2: EL1 is AArch64 (RW); nothing is trapped (DDI 0487, D19.2.48).
const HCR: u64 = 1 << 31;
/// CNTHCTL_EL2: EL1PCTEN | EL1PCEN, the physical counter and timer are EL1's too (DDI 0487, D19.12.2).
const CNTHCTL: u64 = 0b11;
/// CPTR_EL2 with E2H clear: only its RES1 bits, so nothing is trapped (DDI 0487, D19.2.36).
const CPTR: u64 = 0x33ff;
/// ICC_SRE_EL2: SRE | Enable (IHI 0069H, 12.2.20).
const ICC_SRE: u64 = 0b1001;
/// SPSR_EL2: EL1h with D, A, I and F masked (DDI 0487, C5.2.20).
const SPSR: u64 = 0x3c5;

global_asm!(
    include_str!("head.S"),
    BEACON = sym BEACON,
    BEACON_STAGE = const offset_of!(Beacon, stage),
    BEACON_X0 = const offset_of!(Beacon, x0),
    BEACON_MPIDR = const offset_of!(Beacon, mpidr),
    BEACON_FAULT = const offset_of!(Beacon, fault),
    BEACON_STAMPS = const offset_of!(Beacon, stamps),
    BEACON_SIZE = const size_of::<Beacon>(),
    STAGE_ENTERED = const Stage::Entered as u32,
    STAGE_EL1 = const Stage::El1 as u32,
    STAGE_TABLES = const Stage::Tables as u32,
    STAGE_MISPLACED = const Stage::Misplaced as u32,
    STAGE_EARLY_FAULT = const Stage::EarlyFault as u32,
    HCR = const HCR,
    CNTHCTL = const CNTHCTL,
    CPTR = const CPTR,
    ICC_SRE = const ICC_SRE,
    SPSR = const SPSR,
    MAIR = const mmu::MAIR,
    TCR = const mmu::TCR_BOOT,
    PA_SIZE_MAX = const mmu::PA_SIZE_48,
    SCTLR_OFF = const mmu::SCTLR_OFF,
    SCTLR_ON = const mmu::SCTLR_ON,
    SCTLR_SPAN = const mmu::SCTLR_SPAN,
    MMFR1_PAN = const mmu::MMFR1_PAN,
    TABLE = const mmu::TABLE,
    TEXT = const mmu::page(mmu::Protection::Code, mmu::Memory::Normal),
    RODATA = const mmu::page(mmu::Protection::Constants, mmu::Memory::Normal),
    DATA = const mmu::page(mmu::Protection::Data, mmu::Memory::Normal),
    LINK_L0 = const mmu::index(mmu::LINK_ADDRESS, 0),
    LINK_L1 = const mmu::index(mmu::LINK_ADDRESS, 1),
    LINK_L2 = const mmu::index(mmu::LINK_ADDRESS, 2),
    BLOCKS = sym BLOCKS,
    ENTRY = sym crate::boot::entry,
);
