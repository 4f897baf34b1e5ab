//! The performance monitor, as far as it counts instructions (DDI 0487, D13).

use core::arch::asm;

/// INST_RETIRED, the common event of instructions that took effect (DDI 0487, D13.12.2).
const INST_RETIRED: u64 = 0x08;
/// PMCR_EL0.E: counters count.
const ENABLE: u64 = 1;

/// Has this core count instructions from now on; false where it can't.
pub fn count_instructions() -> bool {
    if !is_there() {
        return false;
    }
    // SAFETY: programs the first event counter of this core, which EL2 leaves to EL1 (MDCR_EL2.HPMN, set in head.S) and
    // nothing else uses. Counters have no effect but their values.
    unsafe {
        asm!(
            "msr pmevtyper0_el0, {event}",
            "msr pmcntenset_el0, {first}",
            "mrs {control}, pmcr_el0",
            "orr {control}, {control}, {enable}",
            "msr pmcr_el0, {control}",
            "isb",
            event = in(reg) INST_RETIRED,
            first = in(reg) 1_u64,
            enable = const ENABLE,
            control = out(reg) _,
            options(nostack, preserves_flags),
        );
    }
    true
}

/// The count, in its low 32 bits; meaningless before [`count_instructions`].
pub fn instructions() -> u32 {
    if !is_there() {
        return 0;
    }
    let count: u64;
    // SAFETY: reads a counter that is there; the barrier keeps the read in its place.
    unsafe { asm!("isb", "mrs {}, pmevcntr0_el0", out(reg) count, options(nostack, preserves_flags)) };
    count as u32
}

/// Whether there is a PMUv3 with an event counter that knows the event.
fn is_there() -> bool {
    let (features, events, control): (u64, u64, u64);
    // SAFETY: reads an identification register.
    unsafe { asm!("mrs {}, id_aa64dfr0_el1", out(reg) features, options(nostack, preserves_flags)) };
    // PMUVer: 0 is none, 15 somebody's own.
    if matches!(features >> 8 & 0xf, 0 | 0xf) {
        return false;
    }
    // SAFETY: reads two registers that every PMUv3 has.
    unsafe {
        asm!("mrs {}, pmceid0_el0", "mrs {}, pmcr_el0", out(reg) events, out(reg) control, options(nostack, preserves_flags))
    };
    events >> INST_RETIRED & 1 == 1 && control >> 11 & 0x1f > 0
}
