//! What the kernel sees of a real-time clock.

/// A clock that goes on while the machine is off.
pub trait Rtc {
    /// Seconds since 1970-01-01 00:00 UTC.
    fn seconds(&self) -> Result<u64, RtcError>;
}

/// Why a clock has no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RtcError {
    /// The window is smaller than the register map.
    #[error("the window is smaller than the register map")]
    WindowTooSmall,
    /// The identification registers are another device's.
    #[error("another device answers")]
    NotThere,
    /// The clock is switched off.
    #[error("the clock stands still")]
    Stopped,
}
