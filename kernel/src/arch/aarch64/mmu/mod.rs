//! The translation regime: MAIR_EL1, TCR_EL1, SCTLR_EL1 (DDI 0487, D8). `descriptor` has the entries of its tables, `tlb` tells
//! of changed ones, `regime` reads the registers back.
//!
//! 4 KiB granule, 48-bit addresses, four levels. TTBR1_EL1 has the kernel; TTBR0_EL1 serves only the switch in
//! `head.S` and is off afterwards. There is no descriptor here that is both writable and executable, and
//! SCTLR_EL1.WXN makes the hardware refuse one.

mod descriptor;
mod regime;
mod tlb;

#[cfg(driver = "virtio-mmio")]
use core::arch::asm;

use aarch64_cpu::asm::barrier;
use aarch64_cpu::registers::{ID_AA64MMFR0_EL1, Readable, TCR_EL1, Writeable};

pub use descriptor::{
    Descriptor, ENTRIES, Memory, Protection, TABLE, attributes, index, level_shift, names, page, rights,
};
pub use regime::Regime;
pub use tlb::{flush, forget, publish};

/// The address that the linker script gives the image.
pub const LINK_ADDRESS: u64 = 0xffff_ffff_8000_0000;

/// MAIR_EL1: attribute 0 is Normal write-back, read- and write-allocate; attribute 1 is Device-nGnRE; attribute 2 is Normal
/// Non-cacheable (DDI 0487, D19.2.97).
pub const MAIR: u64 = 0x44_04ff;

/// ID_AA64MMFR0_EL1.PARange and TCR_EL1.IPS for 48 bits, the most that descriptors of a 4 KiB granule hold
/// without FEAT_LPA2.
pub const PA_SIZE_48: u64 = 0b101;

/// The first physical address that this core hasn't got (DDI 0487, D19.2.64: ID_AA64MMFR0_EL1.PARange), as far as descriptors
/// reach.
pub fn physical_end() -> u64 {
    const BITS: [u32; 5] = [32, 36, 40, 42, 44];
    let range = ID_AA64MMFR0_EL1.get() & 0xf;
    1 << BITS.get(range as usize).copied().unwrap_or(48)
}

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
/// SPAN, one of the RES1 bits of Armv8.0: with PAN it must be clear, for exceptions to set PSTATE.PAN.
pub const SCTLR_SPAN: u64 = 1 << 23;
/// ID_AA64MMFR1_EL1.PAN's lowest bit (DDI 0487, D19.2.65).
pub const MMFR1_PAN: u64 = 20;

/// The physical address that reads of `address` go to, by the core's own translation; `None` where they would fault (DDI
/// 0487, D7.5.12, AT S1E1R, and PAR_EL1).
#[cfg(driver = "virtio-mmio")]
pub fn translate(address: u64) -> Option<u64> {
    const FAULT: u64 = 1;
    let par: u64;
    // SAFETY: looks an address up and leaves the answer in PAR_EL1, which an interrupt handler may overwrite between the two;
    // so interrupts are masked for as long.
    unsafe {
        asm!(
            "mrs {daif}, daif",
            "msr daifset, #2",
            "at s1e1r, {address}",
            "isb",
            "mrs {par}, par_el1",
            "msr daif, {daif}",
            address = in(reg) address,
            par = out(reg) par,
            daif = out(reg) _,
            options(nostack, preserves_flags),
        );
    }
    (par & FAULT == 0).then_some(par & descriptor::ADDRESS | address & 0xfff)
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
    // SAFETY: head.S defines it with two arguments in registers, and it keeps to the C calling convention.
    unsafe extern "C" {
        fn zero_lines(start: *mut u8, end: *mut u8);
    }
    // SAFETY: the caller vouches for the page; both ends are multiples of 64, as zero_lines in head.S wants.
    unsafe { zero_lines(page.cast(), page.add(1).cast()) };
}
