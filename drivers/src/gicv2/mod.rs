//! Generic Interrupt Controller v2 (IHI 0048B): GIC-400 and its kin, in one security state or the Non-secure view of two.
//!
//! [`Distributor`] has the lines; the private ones are banked, so a CPU reaches its own only. The CPU interfaces are where
//! CPUs take interrupts, banked as well: all CPUs see theirs at one address. [`GicV2`] is both together, [`Interface`] what
//! a CPU uses without a lock.
//!
//! Bit 0 of either CTLR is used and nothing else: it is the only group that the Non-secure view has, and Group 0 where
//! there is one security state, which comes as an IRQ as long as FIQEn is clear (IHI 0048B, 3.4, 4.4.1). Lines are put
//! into Group 0 to match; to the Non-secure view those registers are read-as-zero and ignore writes.

mod cpu_interface;
mod distributor;

use hardware::board::Trigger;

pub use self::cpu_interface::{Barrier, Interface};
pub use self::distributor::Distributor;
use crate::gic_line::Line;
use crate::mmio::Bus;
use crate::verify::Inspect;
use crate::{CpuTarget, InterruptController, InterruptError, Intid, LineState, Priority};

/// The controller.
#[derive(Debug)]
pub struct GicV2<D: Bus, I: Bus, C> {
    distributor: Distributor<D>,
    interface: Interface<D, I, C>,
}

impl<D: Bus + Copy, I: Bus + Copy, C: Barrier + Copy> GicV2<D, I, C> {
    /// Takes the windows, and starts everything for the calling CPU with every line disabled, at [`Priority::DEFAULT`].
    ///
    /// The windows are shared with the [`Interface`]s: what these use of the distributor takes one write.
    pub fn new(distributor: D, interface: I, cpu: C) -> Result<Self, InterruptError> {
        let interface = Interface::new(distributor, interface, cpu)?;
        let mut gic = Self { distributor: Distributor::new(distributor)?, interface };
        gic.distributor.start()?;
        gic.start_cpu()?;
        Ok(gic)
    }

    /// What CPUs take interrupts by, once they have started.
    pub fn interface(&self) -> Interface<D, I, C> {
        self.interface
    }

    fn line(&self, line: Intid) -> Result<Line, InterruptError> {
        Line::new(line, self.distributor.lines()).ok_or(InterruptError::NoSuchLine)
    }
}

impl<D: Bus + Copy, I: Bus + Copy, C: Barrier + Copy> InterruptController for GicV2<D, I, C> {
    fn lines(&self) -> u32 {
        self.distributor.lines()
    }

    fn start_cpu(&mut self) -> Result<CpuTarget, InterruptError> {
        let own = self.distributor.own_target()?;
        self.distributor.start_private()?;
        self.interface.start()?;
        Ok(own)
    }

    fn stop_cpu(&mut self) -> Result<(), InterruptError> {
        self.interface.stop();
        self.distributor.stop_private()
    }

    fn configure(&mut self, line: Intid, trigger: Trigger, priority: Priority) -> Result<(), InterruptError> {
        let line = self.line(line)?;
        self.distributor.configure(line, trigger, priority)?;
        match line {
            Line::Private(_) => Ok(()),
            Line::Shared(line) => self.distributor.route(line, self.distributor.own_target()?),
        }
    }

    fn route(&mut self, line: Intid, cpu: CpuTarget) -> Result<(), InterruptError> {
        match self.line(line)? {
            Line::Private(_) => Err(InterruptError::NotPossible),
            Line::Shared(line) => self.distributor.route(line, cpu),
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

    fn clear_pending(&mut self, line: Intid) -> Result<(), InterruptError> {
        self.distributor.clear_pending(self.line(line)?)
    }

    fn state(&self, line: Intid) -> Result<LineState, InterruptError> {
        self.distributor.state(self.line(line)?)
    }
}

impl<D: Bus + Copy, I: Bus + Copy, C: Barrier + Copy> Inspect for GicV2<D, I, C> {
    fn own_target(&self) -> Result<CpuTarget, InterruptError> {
        self.distributor.own_target()
    }

    fn cpus(&self) -> u32 {
        self.distributor.cpus()
    }

    fn distributor_forwards(&self) -> bool {
        self.distributor.forwards()
    }

    fn interface_signals(&self) -> bool {
        self.interface.signals()
    }

    fn priority_mask(&self) -> Priority {
        self.interface.priority_mask()
    }

    fn priority(&self, line: Intid) -> Result<Priority, InterruptError> {
        self.distributor.priority(self.line(line)?)
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
