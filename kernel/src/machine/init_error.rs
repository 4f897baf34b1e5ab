//! Why a part of the machine didn't start.

use core::fmt;

use drivers::verify::VerifyError;
use drivers::{DriverError, InterruptError, RtcError, TimerError};
use hardware::board::Driver;
use hardware::check::NotAccepted;
use kernel_core::text::{Causes, Tell};

use crate::mm::device::DeviceError;

use super::irq::LineError;
use super::power::PsciError;
#[cfg(driver = "virtio-mmio")]
use super::virtio;

/// Why a device wasn't started. The boot goes on without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InitError {
    /// The check didn't accept what it needs.
    #[error(transparent)]
    NotAccepted(#[from] NotAccepted),
    /// Its driver isn't in this image. A table's driver always is: what presets leave out, codegen leaves out of tables.
    #[error("this image lacks its driver, {}", .0.name())]
    NotBuilt(Driver),
    /// The table gives it less than its driver needs.
    #[error("the table has no {0} for it")]
    Without(&'static str),
    /// Its window can't be had.
    #[error(transparent)]
    Window(#[from] DeviceError),
    /// Its interrupt can't be had.
    #[error(transparent)]
    Line(#[from] LineError),
    /// It isn't what it should be, or doesn't do what it should.
    #[error(transparent)]
    Driver(#[from] DriverError),
    /// It doesn't deliver interrupts.
    #[error("its verification failed")]
    Verification(#[from] VerifyError),
    /// See [`VirtioError`](virtio::VirtioError).
    #[cfg(driver = "virtio-mmio")]
    #[error(transparent)]
    Virtio(#[from] virtio::VirtioError),
    /// See [`PsciError`].
    #[error(transparent)]
    Psci(#[from] PsciError),
}

impl Causes for InitError {
    fn causes(&self, tell: &mut Tell<'_>) -> fmt::Result {
        match self {
            Self::Verification(source) => tell(source),
            _ => Ok(()),
        }
    }
}

/// A class's error is a driver's.
macro_rules! from_driver {
    ($($error:ty),*) => { $(
        impl From<$error> for InitError {
            fn from(error: $error) -> Self {
                Self::Driver(error.into())
            }
        }
    )* };
}

from_driver!(InterruptError, RtcError, TimerError);
