//! Generic Interrupt Controller v3 (IHI 0069H), in one security state or the Non-secure view of two.
//!
//! [`Distributor`] has the shared lines, [`Redistributor`] one CPU's private ones, [`CpuInterface`] the system
//! registers by which a CPU takes interrupts. [`GicV3`] is the three of them together for the CPU that starts the
//! machine; another CPU makes its own [`Redistributor`]. LPIs and extended ranges aren't used.

mod cpu_interface;
mod distributor;
mod redistributor;

use hardware::board::{Mpidr, Trigger};

pub use self::cpu_interface::CpuInterface;
pub use self::distributor::Distributor;
pub use self::redistributor::Redistributor;
use crate::gic_line::Line;
use crate::mmio::Bus;
use crate::{InterruptController, InterruptError, Intid, LineState, Priority, SgiTarget, Taken};

/// The controller as the starting CPU sees it.
#[derive(Debug)]
pub struct GicV3<D: Bus, R: Bus, C> {
    distributor: Distributor<D>,
    redistributor: Redistributor<R>,
    cpu: C,
}

impl<D: Bus, R: Bus, C: CpuInterface> GicV3<D, R, C> {
    /// Takes the distributor's window and the region of redistributors, and starts everything with every line disabled,
    /// in Group 1, at [`Priority::DEFAULT`].
    pub fn new(distributor: D, redistributors: R, mut cpu: C) -> Result<Self, InterruptError> {
        let mut distributor = Distributor::new(distributor)?;
        let mut redistributor = Redistributor::find(redistributors, cpu.affinity())?;
        distributor.start()?;
        redistributor.start()?;
        cpu_interface::start(&mut cpu)?;
        Ok(Self { distributor, redistributor, cpu })
    }

    /// Takes back that a line is pending; edges only, a level stays as long as its device holds it.
    pub fn clear_pending(&mut self, line: Intid) -> Result<(), InterruptError> {
        match self.line(line)? {
            Line::Private(bit) => self.redistributor.clear_pending(bit),
            Line::Shared(line) => self.distributor.clear_pending(line)?,
        }
        Ok(())
    }

    /// Which block a line belongs to.
    fn line(&self, line: Intid) -> Result<Line, InterruptError> {
        Line::new(line, self.distributor.lines()).ok_or(InterruptError::NoSuchLine)
    }
}

impl<D: Bus, R: Bus, C: CpuInterface> InterruptController for GicV3<D, R, C> {
    fn lines(&self) -> u32 {
        self.distributor.lines()
    }

    fn configure(&mut self, line: Intid, trigger: Trigger, priority: Priority) -> Result<(), InterruptError> {
        match self.line(line)? {
            Line::Private(bit) => self.redistributor.configure(bit, trigger, priority),
            Line::Shared(line) => {
                self.distributor.configure(line, trigger, priority)?;
                self.distributor.route(line, self.cpu.affinity())
            }
        }
    }

    fn route(&mut self, line: Intid, cpu: Mpidr) -> Result<(), InterruptError> {
        match self.line(line)? {
            Line::Private(_) => Err(InterruptError::NotPossible),
            Line::Shared(line) => self.distributor.route(line, cpu),
        }
    }

    fn enable(&mut self, line: Intid) -> Result<(), InterruptError> {
        match self.line(line)? {
            Line::Private(bit) => self.redistributor.enable(bit),
            Line::Shared(line) => self.distributor.enable(line)?,
        }
        Ok(())
    }

    fn disable(&mut self, line: Intid) -> Result<(), InterruptError> {
        match self.line(line)? {
            Line::Private(bit) => self.redistributor.disable(bit),
            Line::Shared(line) => self.distributor.disable(line),
        }
    }

    fn set_pending(&mut self, line: Intid) -> Result<(), InterruptError> {
        match self.line(line)? {
            Line::Private(bit) => self.redistributor.set_pending(bit),
            Line::Shared(line) => self.distributor.set_pending(line)?,
        }
        Ok(())
    }

    fn state(&self, line: Intid) -> Result<LineState, InterruptError> {
        Ok(match self.line(line)? {
            Line::Private(bit) => self.redistributor.state(bit),
            Line::Shared(line) => self.distributor.state(line)?,
        })
    }

    fn acknowledge(&mut self) -> Option<Taken> {
        // 1020 to 1023 say that there is nothing for this CPU (IHI 0069H, 2.2.1).
        let intid = self.cpu.acknowledge();
        (!(1020..=1023).contains(&intid)).then(|| Taken::new(intid, intid))
    }

    fn end(&mut self, taken: Taken) {
        self.cpu.end(taken.acknowledged());
    }

    fn send(&mut self, sgi: Intid, target: SgiTarget) -> Result<(), InterruptError> {
        self.cpu.send(cpu_interface::sgi(sgi, target)?);
        Ok(())
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
