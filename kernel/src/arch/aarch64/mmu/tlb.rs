//! What walkers and TLBs have to be told of changed entries (DDI 0487, D8.16).

use core::arch::asm;

use aarch64_cpu::asm::barrier;

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

/// Forgets, on all cores, the translations of the pages of `range`, whose entries were taken away (DDI 0487, D8.16).
pub fn forget(range: core::ops::Range<u64>) {
    barrier::dsb(barrier::ISHST);
    for page in range.step_by(4096) {
        // SAFETY: drops cached translations only; the walker finds no entry for the page, which its owner no longer uses.
        unsafe { asm!("tlbi vaae1is, {}", in(reg) page >> 12 & TLBI_PAGE, options(nostack, preserves_flags)) };
    }
    barrier::dsb(barrier::ISH);
    barrier::isb(barrier::SY);
}

/// The bits of a page's number in TLBI's argument (DDI 0487, C5.5.65); those above are a hint or an ASID.
const TLBI_PAGE: u64 = (1 << 44) - 1;
