//! Whether the timer can be relied on: against a second clock, and against its own silence.

use core::fmt;

/// How far counter and second clock may be apart. Crystals are within 100 ppm each (the Pi's real-time clocks and
/// oscillators are specified so); ten times that is no longer an oscillator but a wrong rate.
const TOLERANCE_PPM: u64 = 2_000;

/// Why deadlines can't be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimerFault {
    /// The machine has no timer, or the kernel couldn't start it.
    #[error("no timer runs")]
    Missing,
    /// The counter's rate is zero.
    #[error("the counter's rate is 0 Hz")]
    NoRate,
    /// The counter didn't move while the second clock did.
    #[error("the counter stands still")]
    Stopped,
    /// The rate isn't what firmware says.
    #[error("the counter runs at {measured_hz} Hz by the second clock, firmware says {claimed_hz} Hz")]
    Rate {
        /// By the second clock.
        measured_hz: u64,
        /// CNTFRQ_EL0.
        claimed_hz: u64,
    },
    /// An interrupt that was due didn't come.
    #[error("no timer interrupt came within {0} ticks of when it was due")]
    Silent(u64),
}

/// What is known about the timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Nobody has asked for deadlines yet.
    Unasked,
    /// It is being compared with the second clock.
    Measuring,
    /// There is no second clock, or it stands still.
    Alone,
    /// It agrees with the second clock.
    Agrees,
    /// It can't be relied on.
    Fault(TimerFault),
}

/// `agrees with the second clock`
impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unasked => f.write_str("not asked for yet"),
            Self::Measuring => f.write_str("being compared with the second clock"),
            Self::Alone => f.write_str("no second clock to compare it with"),
            Self::Agrees => f.write_str("agrees with the second clock"),
            Self::Fault(fault) => write!(f, "can't be relied on: {fault}"),
        }
    }
}

/// A comparison of the counter with a second clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calibration {
    /// CNTFRQ_EL0, in hertz.
    pub claimed_hz: u64,
    /// Ticks of the counter between two looks.
    pub ticks: u64,
    /// Nanoseconds of the second clock between the same two.
    pub nanoseconds: u64,
    /// Nanoseconds by which the second clock may be off because of its own steps.
    pub step_nanoseconds: u64,
}

impl Calibration {
    /// Whether both clocks agree, within 0.2 % and the second clock's steps.
    pub fn verdict(&self) -> Result<(), TimerFault> {
        if self.claimed_hz == 0 {
            return Err(TimerFault::NoRate);
        }
        if self.nanoseconds == 0 {
            // Nothing was measured, so nothing contradicts.
            return Ok(());
        }
        if self.ticks == 0 {
            return Err(TimerFault::Stopped);
        }
        let expected = u128::from(self.ticks) * 1_000_000_000 / u128::from(self.claimed_hz);
        let measured = u128::from(self.nanoseconds);
        let allowed = measured * u128::from(TOLERANCE_PPM) / 1_000_000 + u128::from(self.step_nanoseconds);
        if expected.abs_diff(measured) <= allowed {
            return Ok(());
        }
        let measured_hz = u128::from(self.ticks) * 1_000_000_000 / measured;
        let measured_hz = u64::try_from(measured_hz).unwrap_or(u64::MAX);
        Err(TimerFault::Rate { measured_hz, claimed_hz: self.claimed_hz })
    }
}

/// Notices that a timer went silent: somebody else than the timer's interrupt has to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watchdog {
    patience: u64,
    due: Option<u64>,
}

impl Watchdog {
    /// An interrupt may come `patience` ticks late.
    pub const fn new(patience: u64) -> Self {
        Self { patience, due: None }
    }

    /// The timer was set to `due`, or to nothing.
    pub fn expect(&mut self, due: Option<u64>) {
        self.due = due;
    }

    /// Whether what was due has come or may still come at `now`.
    pub fn look(&self, now: u64) -> Result<(), TimerFault> {
        match self.due {
            Some(due) if now > due.saturating_add(self.patience) => Err(TimerFault::Silent(self.patience)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn against_a_second(claimed_hz: u64, ticks: u64) -> Calibration {
        Calibration { claimed_hz, ticks, nanoseconds: 1_000_000_000, step_nanoseconds: 0 }
    }

    #[test]
    fn the_rate_is_held_to_the_second_clock() {
        assert_eq!(against_a_second(54_000_000, 54_000_000).verdict(), Ok(()));
        assert_eq!(against_a_second(54_000_000, 54_100_000).verdict(), Ok(()));
        let wrong = TimerFault::Rate { measured_hz: 62_500_000, claimed_hz: 54_000_000 };
        assert_eq!(against_a_second(54_000_000, 62_500_000).verdict(), Err(wrong));
        assert_eq!(against_a_second(0, 1).verdict(), Err(TimerFault::NoRate));
        assert_eq!(against_a_second(1, 0).verdict(), Err(TimerFault::Stopped));
    }

    #[test]
    fn the_second_clock_s_steps_are_not_held_against_the_timer() {
        let coarse = Calibration { step_nanoseconds: 200_000_000, ..against_a_second(100, 85) };
        assert_eq!(coarse.verdict(), Ok(()));
        assert!(Calibration { step_nanoseconds: 0, ..coarse }.verdict().is_err());
        let nothing = Calibration { nanoseconds: 0, ..coarse };
        assert_eq!(nothing.verdict(), Ok(()));
    }

    #[test]
    fn silence_is_noticed_after_patience() {
        let mut watchdog = Watchdog::new(50);
        assert_eq!(watchdog.look(u64::MAX), Ok(()), "nothing was due");
        watchdog.expect(Some(1000));
        assert_eq!(watchdog.look(1050), Ok(()));
        assert_eq!(watchdog.look(1051), Err(TimerFault::Silent(50)));
        watchdog.expect(Some(u64::MAX));
        assert_eq!(watchdog.look(u64::MAX), Ok(()));
    }
}
