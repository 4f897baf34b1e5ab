//! The distributor: the shared lines.

use hardware::board::Trigger;
use tock_registers::interfaces::{ReadWriteable, Readable, Writeable};

use crate::gic_array as array;
use crate::gic_line::{self as line, Shared};
use crate::mmio::{Bus, poll};
use crate::registers::gicv3::gicd::{CTLR, PIDR2, Registers, TYPER};
use crate::{CpuTarget, InterruptError, LineState, Priority};

/// INTIDs from here on are special (IHI 0069H, 2.2.1).
const MOST_LINES: u32 = 1020;

/// The distributor.
#[derive(Debug)]
pub struct Distributor<D: Bus> {
    registers: Registers<D>,
    lines: u32,
}

impl<D: Bus> Distributor<D> {
    /// Takes the window.
    pub(super) fn new(bus: D) -> Result<Self, InterruptError> {
        let registers = Registers::new(bus)?;
        // 3 is GICv3, 4 is GICv4, which has all of it (IHI 0069H, GICD_PIDR2).
        if !matches!(registers.pidr2().read(PIDR2::ArchRev), 3 | 4) {
            return Err(InterruptError::NotThere);
        }
        let words = registers.typer().read(TYPER::ITLinesNumber) + 1;
        Ok(Self { registers, lines: (words * 32).min(MOST_LINES) })
    }

    /// How many lines there are, private ones included.
    pub(super) fn lines(&self) -> u32 {
        self.lines
    }

    /// Every shared line off, in Group 1, at the default priority; then affinity routing and Group 1 on.
    pub(super) fn start(&mut self) -> Result<(), InterruptError> {
        // Affinity routing may be on and must not go off then (IHI 0069H, GICD_CTLR.ARE), so only the groups do.
        self.registers.ctlr().modify(CTLR::EnableGrp0::CLEAR + CTLR::EnableGrp1::CLEAR);
        self.finish()?;
        self.reset_lines()?;
        self.finish()?;
        self.registers.ctlr().modify(CTLR::ARE::SET);
        self.finish()?;
        self.registers.ctlr().modify(CTLR::EnableGrp1::SET);
        self.finish()
    }

    /// Whether the group is on, by affinity.
    pub(super) fn forwards(&self) -> bool {
        self.registers.ctlr().matches_all(CTLR::ARE::SET + CTLR::EnableGrp1::SET)
    }

    /// A register at a time, 32 or 4 lines; what is per line waits for [`Self::configure`].
    fn reset_lines(&mut self) -> Result<(), InterruptError> {
        let gicd = &self.registers;
        let words = self.lines.div_ceil(32) as usize;
        for word in 1..words {
            array::clear(gicd.icenabler(word), !0)?;
            array::clear(gicd.icpendr(word), !0)?;
            array::clear(gicd.icactiver(word), !0)?;
            gicd.igroupr(word).ok_or(InterruptError::NoSuchLine)?.set(!0);
        }
        array::reset_priorities((8..words * 8).map_while(|index| gicd.ipriorityr(index)));
        Ok(())
    }

    /// Leaves the line disabled: its trigger mustn't change while it is enabled (IHI 0069H, GICD_ICFGR).
    pub(super) fn configure(
        &mut self,
        line: Shared,
        trigger: Trigger,
        priority: Priority,
    ) -> Result<(), InterruptError> {
        let trigger = line::shared_trigger(trigger)?;
        self.disable(line)?;
        if let Some(bits) = trigger {
            let (index, shift) = line.pair();
            array::replace(self.registers.icfgr(index), shift, 0b11, bits)?;
            // A line's trigger may be wired; the low bit of the pair is reserved.
            if array::read(self.registers.icfgr(index), shift)? & 0b10 != bits {
                return Err(InterruptError::NotPossible);
            }
        }
        let (index, shift) = line.byte();
        array::replace(self.registers.ipriorityr(index), shift, 0xff, priority.0.into())
    }

    pub(super) fn route(&mut self, line: Shared, cpu: CpuTarget) -> Result<(), InterruptError> {
        // IROUTER has the affinity fields where MPIDR_EL1 has them, and Interrupt_Routing_Mode 0 among the rest.
        let affinity = cpu.0 & 0xff_00ff_ffff;
        self.registers.irouter(line.index()).ok_or(InterruptError::NoSuchLine)?.set(affinity);
        Ok(())
    }

    pub(super) fn enable(&mut self, line: Shared) -> Result<(), InterruptError> {
        let (index, mask) = line.bit();
        array::raise(self.registers.isenabler(index), mask)
    }

    pub(super) fn disable(&mut self, line: Shared) -> Result<(), InterruptError> {
        let (index, mask) = line.bit();
        array::clear(self.registers.icenabler(index), mask)?;
        self.finish()
    }

    pub(super) fn set_pending(&mut self, line: Shared) -> Result<(), InterruptError> {
        let (index, mask) = line.bit();
        array::raise(self.registers.ispendr(index), mask)
    }

    pub(super) fn clear_pending(&mut self, line: Shared) -> Result<(), InterruptError> {
        let (index, mask) = line.bit();
        array::clear(self.registers.icpendr(index), mask)
    }

    pub(super) fn priority(&self, line: Shared) -> Result<Priority, InterruptError> {
        let (index, shift) = line.byte();
        Ok(Priority(array::read(self.registers.ipriorityr(index), shift)? as u8))
    }

    pub(super) fn state(&self, line: Shared) -> Result<LineState, InterruptError> {
        let (index, mask) = line.bit();
        let gicd = &self.registers;
        array::state(mask, [gicd.isenabler(index), gicd.ispendr(index), gicd.isactiver(index)])
    }

    /// Waits until the effects of writes to CTLR and ICENABLER are everywhere (IHI 0069H, GICD_CTLR.RWP).
    fn finish(&self) -> Result<(), InterruptError> {
        let done = poll(|| !self.registers.ctlr().is_set(CTLR::RWP));
        if done { Ok(()) } else { Err(InterruptError::Stuck) }
    }
}
