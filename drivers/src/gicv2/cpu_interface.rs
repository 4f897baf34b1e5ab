//! The CPU interface: where a CPU takes interrupts and ends them.

use tock_registers::interfaces::{ReadWriteable, Readable, Writeable};

use crate::mmio::Bus;
use crate::registers::gicv2::gicc::{CTLR, IAR, Registers};
use crate::{InterruptError, Priority, Taken};

/// APR and NSAPR have no more than this (IHI 0048B, 4.4.12).
const ACTIVE_PRIORITIES: usize = 4;

/// The CPU interfaces, of which each CPU sees its own.
#[derive(Debug)]
pub struct CpuInterface<I: Bus> {
    registers: Registers<I>,
}

impl<I: Bus> CpuInterface<I> {
    /// Takes the window.
    pub(super) fn new(bus: I) -> Result<Self, InterruptError> {
        Ok(Self { registers: Registers::new(bus)? })
    }

    /// The calling CPU's: every priority let through, one write to end an interrupt, the group on.
    pub(super) fn start(&mut self) -> Result<(), InterruptError> {
        let gicc = &self.registers;
        // What firmware took and never ended would hold back everything less urgent. The Non-secure view has its own
        // priorities in APR; the other set is read-as-zero to it (IHI 0048B, 4.4.12).
        for index in 0..ACTIVE_PRIORITIES {
            gicc.apr(index).iter().for_each(|register| register.set(0));
            gicc.nsapr(index).iter().for_each(|register| register.set(0));
        }
        gicc.bpr().set(0);
        gicc.pmr().set(0xff);
        // Secure software that keeps the mask in its own half has the write ignored (IHI 0048B, 4.4.2).
        if gicc.pmr().get() <= Priority::DEFAULT.0.into() {
            return Err(InterruptError::MaskHeld);
        }
        // The bypass bits stay as firmware has them. EOImode 0: EOIR drops the priority and deactivates. In the
        // Non-secure layout bits 1 to 4 are reserved, and bit 9 is its EOImode (IHI 0048B, 4.4.1).
        let off = CTLR::EnableGrp1::CLEAR + CTLR::AckCtl::CLEAR + CTLR::FIQEn::CLEAR + CTLR::CBPR::CLEAR;
        let one_write = CTLR::EOImodeS::CLEAR + CTLR::EOImodeNS::CLEAR;
        gicc.ctlr().modify(CTLR::EnableGrp0::SET + off + one_write);
        Ok(())
    }

    pub(super) fn acknowledge(&mut self) -> Option<Taken> {
        let acknowledged = self.registers.iar().take();
        let intid = acknowledged.read(IAR::InterruptID);
        // 1022 and 1023 say that there is nothing for this CPU or this view, 1020 and 1021 are reserved
        // (IHI 0048B, 3.2.5); such a read is not to be ended.
        (intid < 1020).then(|| Taken::new(intid, acknowledged.get()))
    }

    pub(super) fn end(&mut self, taken: Taken) {
        self.registers.eoir().set(taken.acknowledged());
    }
}
