//! The EL1 virtual timer's registers (DDI 0487, D12.2.4).

use aarch64_cpu::asm::barrier;
use aarch64_cpu::registers::{CNTV_CTL_EL0, CNTV_CVAL_EL0, Writeable};
use drivers::timer::CounterRegisters;

use super::counter;

/// This core's virtual timer.
#[derive(Debug)]
pub struct VirtualTimer;

impl CounterRegisters for VirtualTimer {
    fn frequency(&self) -> u32 {
        // CNTFRQ_EL0's upper half is RES0.
        counter::frequency() as u32
    }

    fn set_compare(&mut self, value: u64) {
        CNTV_CVAL_EL0.set(value);
        // A timer that is on already has to know before the core sleeps: WFI doesn't wait for it (DDI 0487, D24.1.2.2).
        barrier::isb(barrier::SY);
    }

    fn set_control(&mut self, value: u64) {
        CNTV_CTL_EL0.set(value);
        barrier::isb(barrier::SY);
    }
}
