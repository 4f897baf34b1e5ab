//! The interrupt controllers that an image's boards have, as one type: which of them runs is decided once, by the table.

use drivers::verify::Inspect;
use drivers::{
    CpuInterface, CpuTarget, InterruptController, InterruptError, Intid, LineState, Priority, SgiTarget, Taken,
};
use hardware::board::Trigger;

use crate::arch::gic::Core;
#[cfg(driver = "gicv2")]
use crate::arch::mmio::Shared;
use crate::arch::mmio::Window;

/// The interrupt controller that the machine has.
#[derive(Debug)]
pub enum Controller {
    /// GIC-400 and its kin.
    #[cfg(driver = "gicv2")]
    GicV2(drivers::gicv2::GicV2<Shared, Shared, Core>),
    /// GICv3 and GICv4.
    #[cfg(driver = "gicv3")]
    GicV3(drivers::gicv3::GicV3<Window, Window, Core>),
}

/// What each core takes its interrupts by, without a lock.
#[derive(Debug, Clone, Copy)]
pub enum Interface {
    /// Registers that are banked by core.
    #[cfg(driver = "gicv2")]
    GicV2(drivers::gicv2::Interface<Shared, Shared, Core>),
    /// System registers.
    #[cfg(driver = "gicv3")]
    GicV3(drivers::gicv3::Interface<Core>),
}

/// Calls the one that there is. The place is matched, not a reference to it: an image may have no controller at all.
macro_rules! forward {
    ($self:ident, $($mutable:ident)?, $method:ident($($argument:ident),*)) => {
        match *$self {
            #[cfg(driver = "gicv2")]
            Self::GicV2(ref $($mutable)? gic) => gic.$method($($argument),*),
            #[cfg(driver = "gicv3")]
            Self::GicV3(ref $($mutable)? gic) => gic.$method($($argument),*),
        }
    };
}

impl Controller {
    /// Starts a GICv2 with this core: its distributor, and its CPU interfaces.
    #[cfg(driver = "gicv2")]
    pub fn gicv2(distributor: Window, interfaces: Window) -> Result<Self, InterruptError> {
        drivers::gicv2::GicV2::new(distributor.share(), interfaces.share(), Core).map(Self::GicV2)
    }

    /// Starts a GICv3 with this core: its distributor, and its region of redistributors.
    #[cfg(driver = "gicv3")]
    pub fn gicv3(distributor: Window, redistributors: Window) -> Result<Self, InterruptError> {
        drivers::gicv3::GicV3::new(distributor, redistributors, Core).map(Self::GicV3)
    }

    /// What cores take interrupts by.
    pub fn interface(&self) -> Interface {
        match *self {
            #[cfg(driver = "gicv2")]
            Self::GicV2(ref gic) => Interface::GicV2(gic.interface()),
            #[cfg(driver = "gicv3")]
            Self::GicV3(ref gic) => Interface::GicV3(gic.interface()),
        }
    }
}

impl InterruptController for Controller {
    fn lines(&self) -> u32 {
        forward!(self, , lines())
    }

    fn start_cpu(&mut self) -> Result<CpuTarget, InterruptError> {
        forward!(self, mut, start_cpu())
    }

    fn stop_cpu(&mut self) -> Result<(), InterruptError> {
        forward!(self, mut, stop_cpu())
    }

    fn configure(&mut self, line: Intid, trigger: Trigger, priority: Priority) -> Result<(), InterruptError> {
        forward!(self, mut, configure(line, trigger, priority))
    }

    fn route(&mut self, line: Intid, cpu: CpuTarget) -> Result<(), InterruptError> {
        forward!(self, mut, route(line, cpu))
    }

    fn enable(&mut self, line: Intid) -> Result<(), InterruptError> {
        forward!(self, mut, enable(line))
    }

    fn disable(&mut self, line: Intid) -> Result<(), InterruptError> {
        forward!(self, mut, disable(line))
    }

    fn set_pending(&mut self, line: Intid) -> Result<(), InterruptError> {
        forward!(self, mut, set_pending(line))
    }

    fn clear_pending(&mut self, line: Intid) -> Result<(), InterruptError> {
        forward!(self, mut, clear_pending(line))
    }

    fn state(&self, line: Intid) -> Result<LineState, InterruptError> {
        forward!(self, , state(line))
    }
}

impl Inspect for Controller {
    fn own_target(&self) -> Result<CpuTarget, InterruptError> {
        forward!(self, , own_target())
    }

    fn cpus(&self) -> u32 {
        forward!(self, , cpus())
    }

    fn distributor_forwards(&self) -> bool {
        forward!(self, , distributor_forwards())
    }

    fn interface_signals(&self) -> bool {
        forward!(self, , interface_signals())
    }

    fn priority_mask(&self) -> Priority {
        forward!(self, , priority_mask())
    }

    fn priority(&self, line: Intid) -> Result<Priority, InterruptError> {
        forward!(self, , priority(line))
    }
}

impl CpuInterface for Interface {
    #[inline(always)]
    fn acknowledge(&self) -> Option<Taken> {
        forward!(self, , acknowledge())
    }

    #[inline(always)]
    fn end(&self, taken: Taken) {
        forward!(self, , end(taken))
    }

    fn send(&self, sgi: Intid, target: SgiTarget) -> Result<(), InterruptError> {
        forward!(self, , send(sgi, target))
    }
}
