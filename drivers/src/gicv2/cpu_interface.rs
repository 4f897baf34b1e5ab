//! The CPU interfaces: where a CPU takes interrupts, ends and sends them.

use tock_registers::interfaces::{ReadWriteable, Readable, Writeable};

use crate::mmio::Bus;
use crate::registers::gicv2::gicc::{CTLR, IAR, PMR, Registers};
use crate::registers::gicv2::gicd::{self, SGIR};
use crate::{CpuInterface, CpuTarget, InterruptError, Intid, Priority, SgiTarget, Taken};

/// APR and NSAPR have no more than this (IHI 0048B, 4.4.12).
const ACTIVE_PRIORITIES: usize = 4;

/// What an SGI's sender and taker need of the CPU that calls, for memory that one wrote and the other reads.
pub trait Barrier {
    /// Makes earlier writes to memory visible to all CPUs before what follows.
    fn publish(&self);
    /// No later read of memory was done before what came before: the read that acknowledged, of a device.
    fn observe(&self);
}

/// The CPU interfaces, of which each CPU sees its own at one address; and the register that sends, of the distributor.
#[derive(Debug, Clone, Copy)]
pub struct Interface<D, I, C> {
    gicd: gicd::Registers<D>,
    gicc: Registers<I>,
    pub(super) cpu: C,
}

/// The only interface there is: such a distributor's targets are read-as-zero and ignore writes (IHI 0048B, 4.3.12).
/// Every other interface is its bit of a byte.
pub(super) const ONLY: CpuTarget = CpuTarget(0);

impl<D: Bus, I: Bus, C> Interface<D, I, C> {
    /// Takes the windows.
    pub(super) fn new(distributor: D, interfaces: I, cpu: C) -> Result<Self, InterruptError> {
        Ok(Self { gicd: gicd::Registers::new(distributor)?, gicc: Registers::new(interfaces)?, cpu })
    }

    /// The calling CPU's: every priority let through, one write to end an interrupt, the group on.
    pub(super) fn start(&mut self) -> Result<(), InterruptError> {
        let gicc = &self.gicc;
        // What firmware took and never ended would hold back everything less urgent. The Non-secure view has its own
        // priorities in APR; the other set is read-as-zero to it (IHI 0048B, 4.4.12).
        for index in 0..ACTIVE_PRIORITIES {
            gicc.apr(index).iter().for_each(|register| register.set(0));
            gicc.nsapr(index).iter().for_each(|register| register.set(0));
        }
        gicc.bpr().set(0);
        gicc.pmr().set(0xff);
        // Secure software that keeps the mask in its own half has the write ignored (IHI 0048B, 4.4.2).
        if self.priority_mask() <= Priority::DEFAULT {
            return Err(InterruptError::MaskHeld);
        }
        // The bypass bits stay as firmware has them. EOImode 0: EOIR drops the priority and deactivates. In the
        // Non-secure layout bits 1 to 4 are reserved, and bit 9 is its EOImode (IHI 0048B, 4.4.1).
        let off = CTLR::EnableGrp1::CLEAR + CTLR::AckCtl::CLEAR + CTLR::FIQEn::CLEAR + CTLR::CBPR::CLEAR;
        let one_write = CTLR::EOImodeS::CLEAR + CTLR::EOImodeNS::CLEAR;
        gicc.ctlr().modify(CTLR::EnableGrp0::SET + off + one_write);
        Ok(())
    }

    /// The calling CPU's group off: nothing is signalled.
    pub(super) fn stop(&mut self) {
        self.gicc.ctlr().modify(CTLR::EnableGrp0::CLEAR);
    }

    /// Whether the group is on.
    pub(super) fn signals(&self) -> bool {
        self.gicc.ctlr().is_set(CTLR::EnableGrp0)
    }

    /// The mask as this view has it.
    pub(super) fn priority_mask(&self) -> Priority {
        Priority(self.gicc.pmr().read(PMR::Priority) as u8)
    }
}

impl<D: Bus + Copy, I: Bus + Copy, C: Barrier> CpuInterface for Interface<D, I, C> {
    #[inline(always)]
    fn acknowledge(&self) -> Option<Taken> {
        // A copy, because the read has an effect: on the calling CPU, which has this interface to itself.
        let acknowledged = { self.gicc }.iar().take();
        self.cpu.observe();
        let intid = acknowledged.read(IAR::InterruptID);
        // 1022 and 1023 say that there is nothing for this CPU or this view, 1020 and 1021 are reserved
        // (IHI 0048B, 3.2.5); such a read is not to be ended.
        (intid < 1020).then(|| Taken::new(intid, acknowledged.get()))
    }

    #[inline(always)]
    fn end(&self, taken: Taken) {
        self.gicc.eoir().set(taken.acknowledged());
    }

    fn send(&self, sgi: Intid, target: SgiTarget) -> Result<(), InterruptError> {
        if sgi.0 >= 16 {
            return Err(InterruptError::NotPossible);
        }
        let target = match target {
            SgiTarget::Others => SGIR::TargetListFilter::Others,
            // The only CPU sends to itself.
            SgiTarget::Cpu(ONLY) => SGIR::TargetListFilter::Own,
            SgiTarget::Cpu(CpuTarget(bit)) => SGIR::TargetListFilter::List + SGIR::CPUTargetList.val(bit as u32),
        };
        self.cpu.publish();
        self.gicd.sgir().write(target + SGIR::SGIINTID.val(sgi.0));
        Ok(())
    }
}
