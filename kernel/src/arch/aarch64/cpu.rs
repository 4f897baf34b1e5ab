//! The core itself: identity, exception masks, waiting.

use core::arch::asm;

use aarch64_cpu::asm::{barrier, wfi};
use aarch64_cpu::registers::{DAIF, MIDR_EL1, MPIDR_EL1, Readable, SPSel};

/// MPIDR_EL1's affinity fields.
pub fn affinity() -> u64 {
    MPIDR_EL1.get() & 0xff_00ff_ffff
}

/// MIDR_EL1.
pub fn midr() -> u64 {
    MIDR_EL1.get()
}

/// The core's name by MIDR_EL1's implementer and part number; `None` for one that isn't known here.
pub fn name() -> Option<&'static str> {
    const ARM: u64 = 0x41;
    let midr = midr();
    match (midr >> 24, midr >> 4 & 0xfff) {
        (ARM, 0xd03) => Some("Cortex-A53"),
        (ARM, 0xd04) => Some("Cortex-A35"),
        (ARM, 0xd05) => Some("Cortex-A55"),
        (ARM, 0xd07) => Some("Cortex-A57"),
        (ARM, 0xd08) => Some("Cortex-A72"),
        (ARM, 0xd0b) => Some("Cortex-A76"),
        (ARM, 0xd0c) => Some("Neoverse-N1"),
        (ARM, 0xd40) => Some("Neoverse-V1"),
        (ARM, 0xd47) => Some("Cortex-A710"),
        (ARM, 0xd49) => Some("Neoverse-N2"),
        (0, 0x051) => Some("QEMU max"),
        _ => None,
    }
}

/// Which exceptions are masked: PSTATE.DAIF as it was.
#[derive(Debug, Clone, Copy)]
#[must_use = "the interrupts stay masked"]
pub struct Daif(u64);

/// Masks interrupts and says what was masked before.
#[inline(always)]
pub fn mask_interrupts() -> Daif {
    let before = DAIF.get();
    // SAFETY: writes PSTATE.I only. Not `nomem`: what follows must not move before the mask.
    unsafe { asm!("msr daifset, #2", options(nostack, preserves_flags)) };
    Daif(before)
}

/// Whether no interrupt comes: one is being handled, or something holds them back.
#[inline(always)]
pub fn interrupts_are_masked() -> bool {
    DAIF.is_set(DAIF::I)
}

/// Whether this is an exception handler, which runs on SP_EL1.
#[inline(always)]
pub fn is_handling() -> bool {
    SPSel.is_set(SPSel::SP)
}

/// Masks what was masked before [`mask_interrupts`], and nothing else.
#[inline(always)]
pub fn restore_interrupts(before: Daif) {
    // SAFETY: writes back what PSTATE.DAIF was: what was let in then can come now, as the vectors and their stack are there for
    // good. Not `nomem`: what came before must be done.
    unsafe { asm!("msr daif, {}", in(reg) before.0, options(nostack, preserves_flags)) };
}

/// Lets interrupts in.
pub fn unmask_interrupts() {
    // SAFETY: writes PSTATE.I only; the vectors and the interrupt stack are in place since the entry. Not `nomem`:
    // what came before must be done.
    unsafe { asm!("msr daifclr, #2", options(nostack, preserves_flags)) };
}

/// Lets SErrors and debug exceptions in.
pub fn unmask_aborts() {
    // SAFETY: writes PSTATE.D and PSTATE.A only; the vectors are in place since the entry.
    unsafe { asm!("msr daifclr, #12", options(nostack, preserves_flags)) };
}

/// Whether an interrupt waits for this core at this exception level, masked or not (DDI 0487, ISR_EL1.I).
pub fn has_pending_interrupt() -> bool {
    const I: u64 = 1 << 7;
    let pending: u64;
    // SAFETY: reads a register of this core. Not `nomem` and not `pure`: each look is a new one, behind what was done before.
    unsafe { asm!("mrs {}, ISR_EL1", out(reg) pending, options(nostack, preserves_flags)) };
    pending & I != 0
}

/// Sleeps until an interrupt is pending, masked or not.
pub fn wait_for_interrupt() {
    wfi();
}

/// Stops this core for good, in low power.
pub fn halt() -> ! {
    // For good.
    let _ = mask_interrupts();
    // What this core wrote is where the others, and a debugger through them, see it.
    barrier::dsb(barrier::SY);
    loop {
        wfi();
    }
}
