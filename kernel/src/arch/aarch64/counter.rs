//! The system counter as EL1 sees it (DDI 0487, D12).

use aarch64_cpu::asm::barrier;
use aarch64_cpu::registers::{CNTFRQ_EL0, CNTVCT_EL0, Readable};

/// CNTVCT_EL0.
pub fn now() -> u64 {
    // Without the barrier the read may be done early (DDI 0487, D12.2.1).
    barrier::isb(barrier::SY);
    CNTVCT_EL0.get()
}

/// CNTFRQ_EL0: what firmware says the counter's rate is, in hertz.
pub fn frequency() -> u64 {
    CNTFRQ_EL0.get()
}
