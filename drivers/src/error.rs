//! What a driver can fail with, whatever its class.

use crate::dma::DmaError;
use crate::{ConsoleError, InterruptError, RtcError, TimerError};

/// Why a driver didn't do what it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DriverError {
    /// A console's.
    #[error(transparent)]
    Console(#[from] ConsoleError),
    /// An interrupt controller's.
    #[error(transparent)]
    Interrupts(#[from] InterruptError),
    /// A timer's.
    #[error(transparent)]
    Timer(#[from] TimerError),
    /// A real-time clock's.
    #[error(transparent)]
    Rtc(#[from] RtcError),
    /// Its memory can't be had.
    #[error(transparent)]
    Dma(#[from] DmaError),
}
