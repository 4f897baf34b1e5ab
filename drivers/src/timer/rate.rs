//! A counter's rate, and what it makes of counts.

use hardware::board::Hertz;

use super::{Ticks, TimerError};

const NANOSECONDS: u64 = 1_000_000_000;

/// A rate that isn't 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(u32);

impl Rate {
    /// From CNTFRQ_EL0, whose low 32 bits are the rate in Hz.
    pub const fn new(hertz: u32) -> Result<Self, TimerError> {
        match hertz {
            0 => Err(TimerError::NoFrequency),
            hertz => Ok(Self(hertz)),
        }
    }

    /// Counts per second.
    pub const fn hertz(self) -> Hertz {
        Hertz(self.0 as u64)
    }

    /// Nanoseconds, rounded down; saturates after 584 years.
    ///
    /// Seconds and the rest apart: the rest is below 2^32, so its product with 10^9 fits 64 bits, and nothing is lost.
    pub const fn nanoseconds(self, ticks: Ticks) -> u64 {
        convert(ticks.0, self.0 as u64, NANOSECONDS)
    }

    /// Microseconds, rounded down.
    pub const fn microseconds(self, ticks: Ticks) -> u64 {
        convert(ticks.0, self.0 as u64, 1_000_000)
    }

    /// Counts that `nanoseconds` last, rounded down; saturates.
    pub const fn ticks(self, nanoseconds: u64) -> Ticks {
        Ticks(convert(nanoseconds, NANOSECONDS, self.0 as u64))
    }
}

/// `value` counts of a rate of `from` per second as counts of `to`. Both are below 2^32 and `from` isn't 0.
const fn convert(value: u64, from: u64, to: u64) -> u64 {
    let (seconds, rest) = (value / from, value % from);
    seconds.saturating_mul(to).saturating_add(rest * to / from)
}
