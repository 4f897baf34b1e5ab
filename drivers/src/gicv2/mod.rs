//! Generic Interrupt Controller v2 (IHI 0048B): GIC-400 and its kin, in one security state or the Non-secure view of two.
//!
//! [`Distributor`] has the lines; the private ones are banked, so a CPU reaches its own only. [`CpuInterface`] is where a
//! CPU takes interrupts, banked as well: all CPUs see theirs at one address. [`GicV2`] is both together, and knows by
//! which number the distributor calls each CPU that has started here.
//!
//! Bit 0 of either CTLR is used and nothing else: it is the only group that the Non-secure view has, and Group 0 where
//! there is one security state, which comes as an IRQ as long as FIQEn is clear (IHI 0048B, 3.4, 4.4.1). Lines are put
//! into Group 0 to match; to the Non-secure view those registers are read-as-zero and ignore writes.

mod cpu_interface;
mod cpus;
mod distributor;

use hardware::board::{Mpidr, Trigger};

pub use self::cpu_interface::CpuInterface;
use self::cpus::Cpus;
pub use self::distributor::Distributor;
use crate::gic_line::Line;
use crate::mmio::Bus;
use crate::{InterruptController, InterruptError, Intid, LineState, Priority, SgiTarget, Taken};

/// What the driver needs of the CPU that calls it.
pub trait Cpu {
    /// The affinity fields of MPIDR_EL1.
    fn affinity(&self) -> Mpidr;
    /// Makes earlier writes to memory visible to all CPUs before what follows.
    fn publish(&self);
}

/// The controller.
#[derive(Debug)]
pub struct GicV2<D: Bus, I: Bus, C> {
    distributor: Distributor<D>,
    interface: CpuInterface<I>,
    cpus: Cpus,
    cpu: C,
}

impl<D: Bus, I: Bus, C: Cpu> GicV2<D, I, C> {
    /// Takes the windows, and starts everything for the calling CPU with every line disabled, at [`Priority::DEFAULT`].
    pub fn new(distributor: D, interface: I, cpu: C) -> Result<Self, InterruptError> {
        let distributor = Distributor::new(distributor)?;
        let interface = CpuInterface::new(interface)?;
        let mut gic = Self { distributor, interface, cpus: Cpus::default(), cpu };
        gic.distributor.start()?;
        gic.init_cpu()?;
        Ok(gic)
    }

    /// Starts what is banked for the calling CPU: its private lines, disabled, and its interface. The CPU that made the
    /// controller is started already; from now on the others can send to this one.
    pub fn init_cpu(&mut self) -> Result<(), InterruptError> {
        let interface = self.distributor.own_interface()?;
        self.cpus.add(self.cpu.affinity(), interface)?;
        self.distributor.start_private()?;
        self.interface.start()
    }

    /// Takes back that a line is pending; a level stays as long as its device holds it.
    pub fn clear_pending(&mut self, line: Intid) -> Result<(), InterruptError> {
        self.distributor.clear_pending(self.line(line)?)
    }

    fn line(&self, line: Intid) -> Result<Line, InterruptError> {
        Line::new(line, self.distributor.lines()).ok_or(InterruptError::NoSuchLine)
    }
}

impl<D: Bus, I: Bus, C: Cpu> InterruptController for GicV2<D, I, C> {
    fn lines(&self) -> u32 {
        self.distributor.lines()
    }

    fn configure(&mut self, line: Intid, trigger: Trigger, priority: Priority) -> Result<(), InterruptError> {
        let line = self.line(line)?;
        self.distributor.configure(line, trigger, priority)?;
        match line {
            Line::Private(_) => Ok(()),
            Line::Shared(line) => self.distributor.route(line, self.distributor.own_interface()?),
        }
    }

    fn route(&mut self, line: Intid, cpu: Mpidr) -> Result<(), InterruptError> {
        match self.line(line)? {
            Line::Private(_) => Err(InterruptError::NotPossible),
            Line::Shared(line) => self.distributor.route(line, self.cpus.interface(cpu)?),
        }
    }

    fn enable(&mut self, line: Intid) -> Result<(), InterruptError> {
        self.distributor.enable(self.line(line)?)
    }

    fn disable(&mut self, line: Intid) -> Result<(), InterruptError> {
        self.distributor.disable(self.line(line)?)
    }

    fn set_pending(&mut self, line: Intid) -> Result<(), InterruptError> {
        self.distributor.set_pending(self.line(line)?)
    }

    fn state(&self, line: Intid) -> Result<LineState, InterruptError> {
        self.distributor.state(self.line(line)?)
    }

    fn acknowledge(&mut self) -> Option<Taken> {
        self.interface.acknowledge()
    }

    fn end(&mut self, taken: Taken) {
        self.interface.end(taken);
    }

    fn send(&mut self, sgi: Intid, target: SgiTarget) -> Result<(), InterruptError> {
        let sgi = self.line(sgi)?.sgi().ok_or(InterruptError::NotPossible)?;
        let target = match target {
            SgiTarget::Others => None,
            SgiTarget::Cpu(cpu) => Some(self.cpus.interface(cpu)?),
        };
        self.cpu.publish();
        self.distributor.send(sgi, target);
        Ok(())
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
