//! Whether an interrupt controller does what it is told, a step at a time, before anything relies on it.
//!
//! [`verify`] takes a software-generated interrupt and a shared one the whole way and reads back after each step, so what is
//! wrong has a name: a group that Secure software keeps, a mask that is closed, a line that isn't the kernel's, a signal that
//! ends up at another exception level.

use core::fmt;
use core::ops::Range;

use hardware::board::Trigger;

use crate::{CpuInterface, CpuTarget, InterruptController, InterruptError, Intid, Priority, SgiTarget, Taken};

/// The SGI that is sent: the last, because kernels count from the first.
const SGI: Intid = Intid(15);
/// A priority that differs from the default one in bits that every controller has (IHI 0048B, 4.3.11; IHI 0069H,
/// 4.8).
const OTHER: Priority = Priority(0x60);
/// The first PPI.
const FIRST_PPI: u32 = 16;
/// The first SPI.
const FIRST_SPI: u32 = 32;
/// Lines that are tried until one exists: a controller counts them in words of 32.
const TRIES: usize = 64;
/// Looks at a line until it has the state that it should have: some ms on silicon, where it takes a few of them.
const LOOKS: u32 = 10_000;

/// What only a verification asks of a controller. Group and mask are the calling CPU's.
pub trait Inspect: InterruptController {
    /// The calling CPU, once it has started.
    fn own_target(&self) -> Result<CpuTarget, InterruptError>;
    /// How many CPUs the controller is made for.
    fn cpus(&self) -> u32;
    /// Whether the distributor forwards the group that lines are in.
    fn distributor_forwards(&self) -> bool;
    /// Whether the CPU interface signals that group.
    fn interface_signals(&self) -> bool;
    /// What a line's priority must be above for the CPU interface to signal it.
    fn priority_mask(&self) -> Priority;
    /// What the controller has kept of a line's priority.
    fn priority(&self, line: Intid) -> Result<Priority, InterruptError>;
}

/// Which step an interrupt controller failed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The group stays off at the distributor.
    #[error("the distributor forwards nothing")]
    DistributorGroup,
    /// The group stays off at the CPU interface.
    #[error("the CPU interface signals nothing")]
    InterfaceGroup,
    /// The mask lets no line of the default priority through.
    #[error("the priority mask {0:#x} is closed")]
    Mask(u8),
    /// A priority isn't kept: the line is Secure software's, or isn't there.
    #[error("INTID {0} doesn't keep its priority")]
    Priority(u32),
    /// No PPI can be enabled.
    #[error("no PPI can be enabled")]
    NoPpi,
    /// No SPI can be enabled.
    #[error("no SPI can be enabled")]
    NoSpi,
    /// A line doesn't come to a state.
    #[error("INTID {0} doesn't become {1}")]
    Line(u32, Step),
    /// What was acknowledged is another line.
    #[error("INTID {1} came instead of {0}")]
    Another(u32, u32),
    /// There is an interrupt where none can be.
    #[error("INTID {0} came while all lines are off")]
    Unexpected(u32),
    /// The driver itself gave up.
    #[error(transparent)]
    Driver(#[from] InterruptError),
}

/// A state on the way of an interrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Let through by the distributor.
    Enabled,
    /// Known to the distributor, and to the CPU interface.
    Pending,
    /// Known to the CPU: else it goes to another exception level, or comes as an FIQ.
    Signalled,
    /// Given to who acknowledges.
    Acknowledged,
    /// Taken, and no longer pending.
    Active,
    /// Ended.
    Inactive,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Enabled => "enabled",
            Self::Pending => "pending",
            Self::Signalled => "visible to the CPU",
            Self::Acknowledged => "acknowledged",
            Self::Active => "active",
            Self::Inactive => "inactive",
        })
    }
}

/// Takes the controller through all steps with the calling CPU, whose interrupts are masked and whose `signal` says whether
/// one waits. All lines are off before, and after if nothing is wrong; a controller that fails isn't to be used.
pub fn verify(
    controller: &mut impl Inspect,
    interface: &impl CpuInterface,
    signal: impl Fn() -> bool,
) -> Result<(), VerifyError> {
    let mut bench = Bench { controller, interface, signal };
    bench.private()?;
    let spi = bench.usable(FIRST_SPI..bench.controller.lines())?.ok_or(VerifyError::NoSpi)?;
    bench.way(spi, None)?;
    bench.nothing_is_left()
}

/// The same for what a CPU has to itself: for those that start when the controller has passed [`verify`].
pub fn verify_cpu(
    controller: &mut impl Inspect,
    interface: &impl CpuInterface,
    signal: impl Fn() -> bool,
) -> Result<(), VerifyError> {
    let mut bench = Bench { controller, interface, signal };
    bench.private()?;
    bench.nothing_is_left()
}

/// The controller under test.
struct Bench<'b, G, I, S> {
    controller: &'b mut G,
    interface: &'b I,
    signal: S,
}

impl<G: Inspect, I: CpuInterface, S: Fn() -> bool> Bench<'_, G, I, S> {
    /// What the calling CPU has to itself: the gates, a PPI's priority, an SGI's way.
    fn private(&mut self) -> Result<(), VerifyError> {
        self.gates()?;
        let ppi = self.usable(FIRST_PPI..FIRST_SPI)?.ok_or(VerifyError::NoPpi)?;
        self.priority(ppi)?;
        let own = SgiTarget::Cpu(self.controller.own_target()?);
        self.way(SGI, Some(own))
    }

    fn nothing_is_left(&self) -> Result<(), VerifyError> {
        match self.take() {
            Some(taken) => Err(VerifyError::Unexpected(self.end(taken))),
            None => Ok(()),
        }
    }

    /// Everything that is open for all lines or closed for all.
    fn gates(&self) -> Result<(), VerifyError> {
        if !self.controller.distributor_forwards() {
            return Err(VerifyError::DistributorGroup);
        }
        if !self.controller.interface_signals() {
            return Err(VerifyError::InterfaceGroup);
        }
        let mask = self.controller.priority_mask();
        if mask > Priority::DEFAULT { Ok(()) } else { Err(VerifyError::Mask(mask.0)) }
    }

    /// A private line keeps its priority, whichever it is.
    fn priority(&mut self, line: Intid) -> Result<(), VerifyError> {
        for priority in [OTHER, Priority::DEFAULT] {
            self.controller.configure(line, Trigger::Unspecified, priority)?;
            if self.controller.priority(line)? != priority {
                return Err(VerifyError::Priority(line.0));
            }
        }
        Ok(())
    }

    /// Enabled, pending, signalled, acknowledged, active, ended. A line with a target is sent, another is set pending.
    fn way(&mut self, line: Intid, target: Option<SgiTarget>) -> Result<(), VerifyError> {
        self.controller.configure(line, Trigger::Unspecified, Priority::DEFAULT)?;
        self.controller.enable(line)?;
        self.reaches(line, Step::Enabled)?;
        match target {
            Some(target) => self.interface.send(line, target)?,
            None => self.controller.set_pending(line)?,
        }
        self.reaches(line, Step::Pending)?;
        self.reaches(line, Step::Signalled)?;
        let taken = self.take().ok_or(VerifyError::Line(line.0, Step::Acknowledged))?;
        if taken.intid() != line {
            return Err(VerifyError::Another(line.0, self.end(taken)));
        }
        let active = self.reaches(line, Step::Active);
        self.end(taken);
        active?;
        self.reaches(line, Step::Inactive)?;
        Ok(self.controller.disable(line)?)
    }

    /// Waits for a step to come out.
    #[inline(never)]
    fn reaches(&self, line: Intid, step: Step) -> Result<(), VerifyError> {
        for _ in 0..LOOKS {
            let state = self.controller.state(line)?;
            let there = match step {
                Step::Enabled => state.enabled,
                Step::Pending => state.pending,
                Step::Signalled => (self.signal)(),
                Step::Active => state.active && !state.pending,
                Step::Acknowledged | Step::Inactive => !state.active,
            };
            if there {
                return Ok(());
            }
        }
        Err(VerifyError::Line(line.0, step))
    }

    /// The last line that is there and that no device holds pending: the first SPIs are where devices are.
    fn usable(&mut self, lines: Range<u32>) -> Result<Option<Intid>, VerifyError> {
        for line in lines.rev().map(Intid).take(TRIES) {
            if self.controller.state(line)?.pending {
                continue;
            }
            self.controller.enable(line)?;
            let there = self.controller.state(line)?.enabled;
            self.controller.disable(line)?;
            if there {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    fn take(&self) -> Option<Taken> {
        self.interface.acknowledge()
    }

    /// Says which line it was.
    fn end(&self, taken: Taken) -> u32 {
        let intid = taken.intid().0;
        self.interface.end(taken);
        intid
    }
}

#[cfg(test)]
pub(crate) mod faults;
