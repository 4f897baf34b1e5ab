//! The CPU interface: system registers, so the architecture hands them in.

use hardware::board::Mpidr;

use crate::{CpuInterface, CpuTarget, InterruptError, Intid, SgiTarget, Taken};

/// The calling CPU's interface (IHI 0069H, 12.2).
pub trait SystemRegisters {
    /// The affinity fields of MPIDR_EL1.
    fn affinity(&self) -> Mpidr;
    /// Sets ICC_SRE_EL1.SRE, synchronises, and says whether it stayed set.
    fn enable_system_registers(&self) -> bool;
    /// Writes ICC_CTLR_EL1.
    fn set_control(&self, value: u64);
    /// Writes ICC_PMR_EL1 and ICC_BPR1_EL1.
    fn set_priorities(&self, mask: u8, binary_point: u8);
    /// Writes 0 to every `ICC_AP1R<n>_EL1` that the CPU has.
    fn clear_active_priorities(&self);
    /// Sets ICC_IGRPEN1_EL1.Enable and synchronises.
    fn enable_group1(&self);
    /// Clears ICC_IGRPEN1_EL1.Enable and synchronises.
    fn disable_group1(&self);
    /// ICC_PMR_EL1.
    fn priority_mask(&self) -> u8;
    /// ICC_IGRPEN1_EL1.Enable.
    fn group1_enabled(&self) -> bool;
    /// Reads ICC_IAR1_EL1, which makes the interrupt active, and synchronises.
    fn acknowledge(&self) -> u32;
    /// Writes ICC_EOIR1_EL1.
    fn end(&self, intid: u32);
    /// Writes ICC_SGI1R_EL1; earlier writes to memory are visible to the target before, and it synchronises.
    fn send(&self, value: u64);
}

/// What a CPU uses without a lock.
#[derive(Debug, Clone, Copy)]
pub struct Interface<C>(pub(super) C);

impl<C: SystemRegisters> CpuInterface for Interface<C> {
    #[inline(always)]
    fn acknowledge(&self) -> Option<Taken> {
        // 1020 to 1023 say that there is nothing for this CPU (IHI 0069H, 2.2.1).
        let intid = self.0.acknowledge();
        (!(1020..=1023).contains(&intid)).then(|| Taken::new(intid, intid))
    }

    #[inline(always)]
    fn end(&self, taken: Taken) {
        self.0.end(taken.acknowledged());
    }

    fn send(&self, sgi: Intid, target: SgiTarget) -> Result<(), InterruptError> {
        self.0.send(value_to_send(sgi, target)?);
        Ok(())
    }
}

/// Every priority let through, one write to end an interrupt, Group 1 on.
pub(super) fn start(cpu: &impl SystemRegisters) -> Result<(), InterruptError> {
    if !cpu.enable_system_registers() {
        return Err(InterruptError::NoSystemRegisters);
    }
    // EOImode 0: ICC_EOIR1_EL1 drops the priority and deactivates.
    cpu.set_control(0);
    cpu.set_priorities(0xff, 0);
    // What firmware took and never ended would hold back everything less urgent.
    cpu.clear_active_priorities();
    cpu.enable_group1();
    Ok(())
}

/// ICC_SGI1R_EL1's value (IHI 0069H, 12.2, ICC_SGI1R_EL1).
fn value_to_send(sgi: Intid, target: SgiTarget) -> Result<u64, InterruptError> {
    if sgi.0 >= 16 {
        return Err(InterruptError::NotPossible);
    }
    let number = u64::from(sgi.0) << 24;
    Ok(match target {
        SgiTarget::Others => number | 1 << 40,
        SgiTarget::Cpu(CpuTarget(cpu)) => {
            let affinity = |level: u32| cpu >> (level * 8) & 0xff;
            let aff3 = cpu >> 32 & 0xff;
            // TargetList is 16 CPUs of one Aff1; Range Selector says which 16.
            let (range, bit) = (affinity(0) / 16, affinity(0) % 16);
            number | aff3 << 48 | range << 44 | affinity(2) << 32 | affinity(1) << 16 | 1 << bit
        }
    })
}
