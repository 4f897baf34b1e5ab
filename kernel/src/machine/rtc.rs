//! The real-time clock: the time of day, and the second clock that the counter is held against.

use drivers::pl031::Pl031;
use drivers::{Rtc as _, RtcError};

use crate::arch::mmio::Window;
use crate::sync::Lock;

static RTC: Lock<Option<Pl031<Window>>> = Lock::new(None);

/// Takes the clock over.
pub fn start(window: Window) -> Result<(), RtcError> {
    *RTC.lock() = Some(Pl031::new(window)?);
    Ok(())
}

/// Seconds since 1970; `None` without a clock, or where it stands still.
pub fn seconds() -> Option<u64> {
    RTC.lock().as_ref()?.seconds().ok()
}
