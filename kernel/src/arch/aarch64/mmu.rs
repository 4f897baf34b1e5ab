//! The translation regime: MAIR_EL1, TCR_EL1, SCTLR_EL1 and descriptors, in one place (DDI 0487, D8).
//!
//! 4 KiB granule, 48-bit addresses, four levels. TTBR1_EL1 has the kernel; TTBR0_EL1 serves only the switch in
//! `head.S` and is off afterwards. There is no descriptor here that is both writable and executable, and
//! SCTLR_EL1.WXN makes the hardware refuse one.

use aarch64_cpu::asm::barrier;
use aarch64_cpu::registers::{Readable, TCR_EL1, Writeable};
use core::arch::asm;

/// The address that the linker script gives the image.
pub const LINK_ADDRESS: u64 = 0xffff_ffff_8000_0000;

/// MAIR_EL1: attribute 0 is Normal write-back, read- and write-allocate; attribute 1 is Device-nGnRE (DDI 0487,
/// D19.2.97).
pub const MAIR: u64 = 0x04ff;

/// ID_AA64MMFR0_EL1.PARange and TCR_EL1.IPS for 48 bits, the most that descriptors of a 4 KiB granule hold
/// without FEAT_LPA2.
pub const PA_SIZE_48: u64 = 0b101;

/// TCR_EL1 while TTBR0_EL1 still has the way through the load address; IPS is filled in by `head.S` (DDI 0487, D19.2.147).
pub const TCR_BOOT: u64 = TCR_T0SZ_48 | TCR_WALK_CACHED_0 | TCR_T1SZ_48 | TCR_WALK_CACHED_1 | TCR_TG1_4K;
const TCR_T0SZ_48: u64 = 16;
const TCR_T1SZ_48: u64 = 16 << 16;
/// IRGN0, ORGN0: write-back, write-allocate; SH0: inner shareable.
const TCR_WALK_CACHED_0: u64 = 0b11_01_01 << 8;
const TCR_WALK_CACHED_1: u64 = 0b11_01_01 << 24;
const TCR_TG1_4K: u64 = 0b10 << 30;

/// TCR_EL1.EPD0: no walks through TTBR0_EL1.
pub const TCR_EPD0: u64 = 1 << 7;

/// SCTLR_EL1 with the MMU and the caches off: its RES1 bits of Armv8.0, little-endian (DDI 0487, D19.2.121).
pub const SCTLR_OFF: u64 = 1 << 29 | 1 << 28 | 1 << 23 | 1 << 22 | 1 << 20 | 1 << 11;
/// SCTLR_EL1 as the kernel runs.
pub const SCTLR_ON: u64 = SCTLR_OFF | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I | SCTLR_WXN;
const SCTLR_M: u64 = 1 << 0;
const SCTLR_C: u64 = 1 << 2;
const SCTLR_SA: u64 = 1 << 3;
const SCTLR_I: u64 = 1 << 12;
const SCTLR_WXN: u64 = 1 << 19;

/// A descriptor that points at the next level's table (DDI 0487, D8.3.1).
pub const TABLE: u64 = 0b11;
/// A level 3 descriptor that maps a page.
const PAGE: u64 = 0b11;
/// A level 1 or 2 descriptor that maps a block.
const BLOCK: u64 = 0b01;
/// Bit 0 of a descriptor: there is a table, a block or a page.
const VALID: u64 = 1;
/// Bit 1 of a valid descriptor above level 3: a table, not a block.
const IS_TABLE: u64 = 1 << 1;
/// The address bits of a descriptor.
const ADDRESS: u64 = 0x0000_ffff_ffff_f000;

/// Entries of a table.
pub const ENTRIES: usize = 512;

/// What may be done with a mapping. Writable and executable at once can't be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Read and execute.
    Code,
    /// Read: constants, and firmware's device tree.
    Constants,
    /// Read and write: everything else.
    Data,
}

/// What kind of memory is behind a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// RAM: cached, inner shareable.
    Normal,
    /// Registers: Device-nGnRE.
    Device,
}

/// A translation table entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor(u64);

/// The lower and upper attributes of a block or page (DDI 0487, D8.3.2), without address and type.
const fn attributes(protection: Protection, memory: Memory) -> u64 {
    const ACCESS_FLAG: u64 = 1 << 10;
    const INNER_SHAREABLE: u64 = 0b11 << 8;
    const READ_ONLY: u64 = 1 << 7;
    const PRIVILEGED_EXECUTE_NEVER: u64 = 1 << 53;
    const UNPRIVILEGED_EXECUTE_NEVER: u64 = 1 << 54;
    let index = match memory {
        Memory::Normal => 0,
        Memory::Device => 1 << 2,
    };
    let rights = match protection {
        Protection::Code => READ_ONLY,
        Protection::Constants => READ_ONLY | PRIVILEGED_EXECUTE_NEVER,
        Protection::Data => PRIVILEGED_EXECUTE_NEVER,
    };
    ACCESS_FLAG | INNER_SHAREABLE | UNPRIVILEGED_EXECUTE_NEVER | index | rights
}

/// What a page descriptor has besides its address.
pub const fn page(protection: Protection, memory: Memory) -> u64 {
    attributes(protection, memory) | PAGE
}

/// Where `address` is looked up in a table of `level`, 0 to 3.
pub const fn index(address: u64, level: u32) -> usize {
    ((address >> level_shift(level)) & 0x1ff) as usize
}

/// log2 of what one entry of a table of `level` covers.
pub const fn level_shift(level: u32) -> u32 {
    39 - 9 * level
}

impl Descriptor {
    /// Nothing is mapped.
    pub const INVALID: Self = Self(0);

    /// Points at the table at `physical`.
    pub const fn table(physical: u64) -> Self {
        Self(physical & ADDRESS | TABLE)
    }

    /// Maps what an entry of `level` (1 to 3) covers to `physical`.
    pub const fn leaf(physical: u64, level: u32, protection: Protection, memory: Memory) -> Self {
        let kind = if level == 3 { PAGE } else { BLOCK };
        Self(physical & ADDRESS | attributes(protection, memory) | kind)
    }

    /// The entry that maps the next `bytes`.
    pub const fn advanced(self, bytes: u64) -> Self {
        Self(self.0 + bytes)
    }

    /// Nothing is mapped.
    pub const fn is_invalid(self) -> bool {
        self.0 & VALID == 0
    }

    /// The physical address of the next table, where an entry above level 3 points at one.
    pub const fn next_table(self) -> Option<u64> {
        if self.0 & (VALID | IS_TABLE) == VALID | IS_TABLE { Some(self.0 & ADDRESS) } else { None }
    }
}

/// Makes new entries visible to the table walker; enough where an invalid entry became valid (DDI 0487, D8.16.1).
pub fn publish() {
    barrier::dsb(barrier::ISHST);
    barrier::isb(barrier::SY);
}

/// Forgets all translations of EL1, after entries were taken away.
pub fn flush() {
    barrier::dsb(barrier::ISHST);
    // SAFETY: drops cached translations only; the tables themselves, which the walker reads again, are intact.
    unsafe { asm!("tlbi vmalle1is", options(nostack, preserves_flags)) };
    barrier::dsb(barrier::ISH);
    barrier::isb(barrier::SY);
}

/// Ends walks through TTBR0_EL1: from now on the low half of the address space faults.
pub fn disable_low_half() {
    TCR_EL1.set(TCR_EL1.get() | TCR_EL1::EPD0::DisableTTBR0Walks.value);
    barrier::isb(barrier::SY);
}

/// Zeroes a page, by cache line where the core allows it.
///
/// # Safety
/// `page` is page-aligned, mapped for writing as Normal memory, and nothing else uses the page.
pub unsafe fn zero_page(page: *mut [u8; 4096]) {
    unsafe extern "C" {
        fn zero_lines(start: *mut u8, end: *mut u8);
    }
    // SAFETY: the caller vouches for the page; both ends are multiples of 64, as zero_lines in head.S wants.
    unsafe { zero_lines(page.cast(), page.add(1).cast()) };
}
