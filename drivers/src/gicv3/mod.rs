//! Generic Interrupt Controller v3 (IHI 0069H), in one security state or the Non-secure view of two.
//!
//! [`Distributor`] has the shared lines, [`Redistributor`] one CPU's private ones, [`SystemRegisters`] is how a CPU takes
//! interrupts. [`GicV3`] is the three of them together, [`Interface`] what a CPU uses without a lock. LPIs and extended
//! ranges aren't used.

mod cpu_interface;
mod distributor;
mod redistributor;

use hardware::board::Trigger;

pub use self::cpu_interface::{Interface, SystemRegisters};
pub use self::distributor::Distributor;
pub use self::redistributor::Redistributor;
use crate::gic_line::Line;
use crate::mmio::Bus;
use crate::verify::Inspect;
use crate::{CpuTarget, InterruptController, InterruptError, Intid, LineState, Priority};

/// The controller.
#[derive(Debug)]
pub struct GicV3<D: Bus, R: Bus, C> {
    distributor: Distributor<D>,
    /// All CPUs' redistributors: the calling one's is looked up.
    redistributors: R,
    cpu: C,
}

impl<D: Bus, R: Bus, C: SystemRegisters + Copy> GicV3<D, R, C> {
    /// Takes the distributor's window and the region of redistributors, and starts everything for the calling CPU with
    /// every line disabled, in Group 1, at [`Priority::DEFAULT`].
    pub fn new(distributor: D, redistributors: R, cpu: C) -> Result<Self, InterruptError> {
        let mut gic = Self { distributor: Distributor::new(distributor)?, redistributors, cpu };
        gic.own()?;
        gic.distributor.start()?;
        gic.start_cpu()?;
        Ok(gic)
    }

    /// What CPUs take interrupts by, once they have started.
    pub fn interface(&self) -> Interface<C> {
        Interface(self.cpu)
    }

    /// The calling CPU's redistributor.
    fn own(&self) -> Result<Redistributor<&R>, InterruptError> {
        Redistributor::find(&self.redistributors, self.cpu.affinity())
    }

    /// Which block a line belongs to.
    fn line(&self, line: Intid) -> Result<Line, InterruptError> {
        Line::new(line, self.distributor.lines()).ok_or(InterruptError::NoSuchLine)
    }
}

impl<D: Bus, R: Bus, C: SystemRegisters + Copy> InterruptController for GicV3<D, R, C> {
    fn lines(&self) -> u32 {
        self.distributor.lines()
    }

    fn start_cpu(&mut self) -> Result<CpuTarget, InterruptError> {
        self.own()?.start()?;
        cpu_interface::start(&self.cpu)?;
        self.own_target()
    }

    fn stop_cpu(&mut self) -> Result<(), InterruptError> {
        // Before the redistributor sleeps: else what that does is unpredictable (IHI 0069H, GICR_WAKER.ProcessorSleep).
        self.cpu.disable_group1();
        self.own()?.stop()
    }

    fn configure(&mut self, line: Intid, trigger: Trigger, priority: Priority) -> Result<(), InterruptError> {
        match self.line(line)? {
            Line::Private(bit) => self.own()?.configure(bit, trigger, priority),
            Line::Shared(line) => {
                self.distributor.configure(line, trigger, priority)?;
                self.distributor.route(line, self.own_target()?)
            }
        }
    }

    fn route(&mut self, line: Intid, cpu: CpuTarget) -> Result<(), InterruptError> {
        match self.line(line)? {
            Line::Private(_) => Err(InterruptError::NotPossible),
            Line::Shared(line) => self.distributor.route(line, cpu),
        }
    }

    fn enable(&mut self, line: Intid) -> Result<(), InterruptError> {
        match self.line(line)? {
            Line::Private(bit) => self.own()?.enable(bit),
            Line::Shared(line) => self.distributor.enable(line)?,
        }
        Ok(())
    }

    fn disable(&mut self, line: Intid) -> Result<(), InterruptError> {
        match self.line(line)? {
            Line::Private(bit) => self.own()?.disable(bit),
            Line::Shared(line) => self.distributor.disable(line),
        }
    }

    fn set_pending(&mut self, line: Intid) -> Result<(), InterruptError> {
        match self.line(line)? {
            Line::Private(bit) => self.own()?.set_pending(bit),
            Line::Shared(line) => self.distributor.set_pending(line)?,
        }
        Ok(())
    }

    fn clear_pending(&mut self, line: Intid) -> Result<(), InterruptError> {
        match self.line(line)? {
            Line::Private(bit) => self.own()?.clear_pending(bit),
            Line::Shared(line) => self.distributor.clear_pending(line)?,
        }
        Ok(())
    }

    fn state(&self, line: Intid) -> Result<LineState, InterruptError> {
        Ok(match self.line(line)? {
            Line::Private(bit) => self.own()?.state(bit),
            Line::Shared(line) => self.distributor.state(line)?,
        })
    }
}

impl<D: Bus, R: Bus, C: SystemRegisters + Copy> Inspect for GicV3<D, R, C> {
    fn own_target(&self) -> Result<CpuTarget, InterruptError> {
        Ok(CpuTarget(self.cpu.affinity().0))
    }

    /// One for each redistributor of the region.
    fn cpus(&self) -> u32 {
        redistributor::count(&self.redistributors)
    }

    fn distributor_forwards(&self) -> bool {
        self.distributor.forwards()
    }

    fn interface_signals(&self) -> bool {
        self.cpu.group1_enabled()
    }

    fn priority_mask(&self) -> Priority {
        Priority(self.cpu.priority_mask())
    }

    fn priority(&self, line: Intid) -> Result<Priority, InterruptError> {
        match self.line(line)? {
            Line::Private(bit) => self.own()?.priority(bit),
            Line::Shared(line) => self.distributor.priority(line),
        }
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
