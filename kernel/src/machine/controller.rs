//! The interrupt controllers that an image's boards have, as one type: which of them runs is decided once, by the table.

use drivers::{InterruptController, InterruptError, Intid, LineState, Priority, SgiTarget, Taken};
use hardware::board::{Mpidr, Trigger};

use crate::arch::gic;
use crate::arch::mmio::Window;

/// The interrupt controller that the machine has.
#[derive(Debug)]
pub enum Controller {
    /// GIC-400 and its kin.
    #[cfg(driver = "gicv2")]
    GicV2(drivers::gicv2::GicV2<Window, Window, gic::Core>),
    /// GICv3 and GICv4.
    #[cfg(driver = "gicv3")]
    GicV3(drivers::gicv3::GicV3<Window, Window, gic::Core>),
}

impl Controller {
    /// Starts a GICv2 for this core: its distributor, and its CPU interfaces.
    #[cfg(driver = "gicv2")]
    pub fn gicv2(distributor: Window, interfaces: Window) -> Result<Self, InterruptError> {
        drivers::gicv2::GicV2::new(distributor, interfaces, gic::Core).map(Self::GicV2)
    }

    /// Starts a GICv3 for this core: its distributor, and its region of redistributors.
    #[cfg(driver = "gicv3")]
    pub fn gicv3(distributor: Window, redistributors: Window) -> Result<Self, InterruptError> {
        drivers::gicv3::GicV3::new(distributor, redistributors, gic::Core).map(Self::GicV3)
    }
}

/// Calls the controller that runs. The place is matched, not a reference to it: an image may have no controller at all.
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

impl InterruptController for Controller {
    fn lines(&self) -> u32 {
        forward!(self, , lines())
    }

    fn configure(&mut self, line: Intid, trigger: Trigger, priority: Priority) -> Result<(), InterruptError> {
        forward!(self, mut, configure(line, trigger, priority))
    }

    fn route(&mut self, line: Intid, cpu: Mpidr) -> Result<(), InterruptError> {
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

    fn state(&self, line: Intid) -> Result<LineState, InterruptError> {
        forward!(self, , state(line))
    }

    fn acknowledge(&mut self) -> Option<Taken> {
        forward!(self, mut, acknowledge())
    }

    fn end(&mut self, taken: Taken) {
        forward!(self, mut, end(taken))
    }

    fn send(&mut self, sgi: Intid, target: SgiTarget) -> Result<(), InterruptError> {
        forward!(self, mut, send(sgi, target))
    }
}
