//! The CPU interface: system registers, so the architecture hands them in.

use hardware::board::Mpidr;

use crate::{InterruptError, Intid, SgiTarget};

/// The calling CPU's interface (IHI 0069H, 12.2).
pub trait CpuInterface {
    /// The affinity fields of MPIDR_EL1.
    fn affinity(&self) -> Mpidr;
    /// Sets ICC_SRE_EL1.SRE, synchronises, and says whether it stayed set.
    fn enable_system_registers(&mut self) -> bool;
    /// Writes ICC_CTLR_EL1.
    fn set_control(&mut self, value: u64);
    /// Writes ICC_PMR_EL1.
    fn set_priority_mask(&mut self, mask: u8);
    /// Writes ICC_BPR1_EL1.
    fn set_binary_point(&mut self, value: u8);
    /// Sets ICC_IGRPEN1_EL1.Enable and synchronises.
    fn enable_group1(&mut self);
    /// Reads ICC_IAR1_EL1, which makes the interrupt active, and synchronises.
    fn acknowledge(&mut self) -> u32;
    /// Writes ICC_EOIR1_EL1.
    fn end(&mut self, intid: u32);
    /// Writes ICC_SGI1R_EL1; earlier writes to memory are visible to the target before, and it synchronises.
    fn send(&mut self, value: u64);
}

/// Every priority let through, one write to end an interrupt, Group 1 on.
pub(super) fn start(cpu: &mut impl CpuInterface) -> Result<(), InterruptError> {
    if !cpu.enable_system_registers() {
        return Err(InterruptError::NoSystemRegisters);
    }
    // EOImode 0: ICC_EOIR1_EL1 drops the priority and deactivates.
    cpu.set_control(0);
    cpu.set_priority_mask(0xff);
    cpu.set_binary_point(0);
    cpu.enable_group1();
    Ok(())
}

/// ICC_SGI1R_EL1's value (IHI 0069H, 12.2, ICC_SGI1R_EL1).
pub(super) fn sgi(sgi: Intid, target: SgiTarget) -> Result<u64, InterruptError> {
    if sgi.0 >= 16 {
        return Err(InterruptError::NotPossible);
    }
    let number = u64::from(sgi.0) << 24;
    Ok(match target {
        SgiTarget::Others => number | 1 << 40,
        SgiTarget::Cpu(Mpidr(cpu)) => {
            let affinity = |level: u32| cpu >> (level * 8) & 0xff;
            let aff3 = cpu >> 32 & 0xff;
            // TargetList is 16 CPUs of one Aff1; Range Selector says which 16.
            let (range, bit) = (affinity(0) / 16, affinity(0) % 16);
            number | aff3 << 48 | range << 44 | affinity(2) << 32 | affinity(1) << 16 | 1 << bit
        }
    })
}
