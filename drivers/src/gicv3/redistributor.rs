//! A CPU's redistributor: its private lines, and its connection to the distributor.

use hardware::board::{Mpidr, Trigger};
use tock_registers::LocalRegisterCopy;
use tock_registers::interfaces::{ReadWriteable, Readable, Writeable};

use crate::gic_array as array;
use crate::gic_line::{self as line, Private};
use crate::mmio::{Bus, Offset, poll};
use crate::registers::gicv3::gicr::{CTLR, Registers, TYPER, WAKER};
use crate::{InterruptError, LineState, Priority};

/// RD_base and SGI_base (IHI 0069H, 12.10).
const FRAMES: usize = 0x2_0000;
/// With virtual LPIs, VLPI_base and a reserved frame follow.
const FRAMES_WITH_VLPIS: usize = 0x4_0000;

/// GICR_TYPER's value.
type Typer = LocalRegisterCopy<u64, TYPER::Register>;

/// One CPU's redistributor.
#[derive(Debug)]
pub struct Redistributor<R: Bus> {
    registers: Registers<Offset<R>>,
}

impl<R: Bus> Redistributor<R> {
    /// The redistributor of the CPU `owner` in the region behind `bus`.
    pub fn find(bus: R, owner: Mpidr) -> Result<Self, InterruptError> {
        let start = start_of(&bus, owner).ok_or(InterruptError::NoRedistributor)?;
        Ok(Self { registers: Registers::new(Offset::new(bus, start))? })
    }

    /// Wakes it; every private line off, in Group 1, at the default priority.
    pub fn start(&mut self) -> Result<(), InterruptError> {
        let gicr = &self.registers;
        gicr.waker().modify(WAKER::ProcessorSleep::CLEAR);
        if !poll(|| !gicr.waker().is_set(WAKER::ChildrenAsleep)) {
            return Err(InterruptError::Stuck);
        }
        gicr.icenabler0().clear_mask(!0);
        self.finish()?;
        gicr.icpendr0().clear_mask(!0);
        gicr.icactiver0().clear_mask(!0);
        gicr.igroupr0().set(!0);
        array::reset_priorities((0..8).map_while(|index| gicr.ipriorityr(index)));
        Ok(())
    }

    /// Every private line off; then it sleeps, which quiesces its connection to the CPU interface.
    pub fn stop(&mut self) -> Result<(), InterruptError> {
        let gicr = &self.registers;
        gicr.icenabler0().clear_mask(!0);
        self.finish()?;
        gicr.waker().modify(WAKER::ProcessorSleep::SET);
        // To the Non-secure view of two states it is read-as-zero and ignores writes; then the firmware that switches the CPU
        // off sees to it (IHI 0069H, GICR_WAKER).
        if !gicr.waker().is_set(WAKER::ProcessorSleep) {
            return Ok(());
        }
        let asleep = poll(|| gicr.waker().is_set(WAKER::ChildrenAsleep));
        if asleep { Ok(()) } else { Err(InterruptError::Stuck) }
    }

    /// Leaves the line disabled, as the distributor does.
    pub(super) fn configure(
        &mut self,
        line: Private,
        trigger: Trigger,
        priority: Priority,
    ) -> Result<(), InterruptError> {
        self.disable(line)?;
        if let Some(bits) = line::private_trigger(trigger).filter(|_| !line.is_sgi()) {
            let (index, shift) = line.pair();
            // Whether a PPI's trigger can change is the implementation's choice, so it isn't read back.
            array::replace(self.registers.icfgr(index), shift, 0b11, bits)?;
        }
        let (index, shift) = line.byte();
        array::replace(self.registers.ipriorityr(index), shift, 0xff, priority.0.into())
    }

    pub(super) fn enable(&mut self, line: Private) {
        self.registers.isenabler0().raise_mask(line.mask());
    }

    pub(super) fn disable(&mut self, line: Private) -> Result<(), InterruptError> {
        self.registers.icenabler0().clear_mask(line.mask());
        self.finish()
    }

    pub(super) fn set_pending(&mut self, line: Private) {
        self.registers.ispendr0().raise_mask(line.mask());
    }

    pub(super) fn clear_pending(&mut self, line: Private) {
        self.registers.icpendr0().clear_mask(line.mask());
    }

    pub(super) fn priority(&self, line: Private) -> Result<Priority, InterruptError> {
        let (index, shift) = line.byte();
        Ok(Priority(array::read(self.registers.ipriorityr(index), shift)? as u8))
    }

    pub(super) fn state(&self, line: Private) -> LineState {
        let mask = line.mask();
        LineState {
            enabled: self.registers.isenabler0().get() & mask != 0,
            pending: self.registers.ispendr0().get() & mask != 0,
            active: self.registers.isactiver0().get() & mask != 0,
        }
    }

    /// Waits until the effect of a write to ICENABLER0 is everywhere (IHI 0069H, GICR_CTLR.RWP).
    fn finish(&self) -> Result<(), InterruptError> {
        let done = poll(|| !self.registers.ctlr().is_set(CTLR::RWP));
        if done { Ok(()) } else { Err(InterruptError::Stuck) }
    }
}

/// How many there are in the region behind `bus`.
pub(super) fn count(bus: &impl Bus) -> u32 {
    all(bus).count() as u32
}

/// Where `owner`'s frames start.
fn start_of(bus: &impl Bus, owner: Mpidr) -> Option<usize> {
    let wanted = packed(owner);
    all(bus).find(|(_, typer)| typer.read(TYPER::Affinity_Value) == wanted).map(|(start, _)| start)
}

/// Where each one's frames start and its GICR_TYPER, until one says that it is the last, or the window ends.
fn all<'b>(bus: &'b impl Bus) -> impl Iterator<Item = (usize, Typer)> + 'b {
    let at = move |start: usize| Some((start, Registers::new(Offset::new(bus, start)).ok()?.typer().extract()));
    core::iter::successors(at(0), move |(start, typer)| {
        let stride = if typer.is_set(TYPER::VLPIS) { FRAMES_WITH_VLPIS } else { FRAMES };
        if typer.is_set(TYPER::Last) { None } else { at(start.checked_add(stride)?) }
    })
}

/// Aff3.Aff2.Aff1.Aff0 in 32 bits, as Affinity_Value has them; MPIDR_EL1 has Aff3 at bit 32.
fn packed(cpu: Mpidr) -> u64 {
    cpu.0 >> 32 << 24 & 0xff00_0000 | cpu.0 & 0x00ff_ffff
}
