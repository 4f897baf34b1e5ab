//! What a thread asks for.

/// Parts per million of a whole CPU.
const WHOLE_PPM: u128 = 1_000_000;

/// The longest period, in ticks: half an hour at 1 GHz. With it no sum of release and period overflows within centuries.
const PERIOD_MAX: u64 = 1 << 41;

/// `budget` ticks of execution in each period, done by the deadline after the period's release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reservation {
    budget: u64,
    period: u64,
    deadline: u64,
}

/// Why a reservation makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReservationError {
    /// Nothing is asked for, or nothing can be given.
    #[error("a reservation of {budget} ticks every {period} with {deadline} to its deadline is empty")]
    Empty {
        /// Ticks of execution.
        budget: u64,
        /// Ticks from release to release.
        period: u64,
        /// Ticks from release to deadline.
        deadline: u64,
    },
    /// The budget is longer than the time there is for it.
    #[error("{budget} ticks of budget don't fit into {window} ticks")]
    TooMuch {
        /// Ticks of execution.
        budget: u64,
        /// The shorter of period and deadline.
        window: u64,
    },
    /// The period is beyond what is counted with.
    #[error("a period of {0} ticks is longer than {PERIOD_MAX}")]
    TooLong(u64),
}

impl Reservation {
    /// `budget` ticks by `deadline` ticks after every release, `period` ticks apart.
    pub const fn new(budget: u64, period: u64, deadline: u64) -> Result<Self, ReservationError> {
        let reservation = Self { budget, period, deadline };
        let window = reservation.window();
        if budget == 0 || window == 0 {
            return Err(ReservationError::Empty { budget, period, deadline });
        }
        if budget > window {
            return Err(ReservationError::TooMuch { budget, window });
        }
        if period > PERIOD_MAX {
            return Err(ReservationError::TooLong(period));
        }
        Ok(reservation)
    }

    /// Ticks of execution in each period.
    pub const fn budget(&self) -> u64 {
        self.budget
    }

    /// Ticks from release to release.
    pub const fn period(&self) -> u64 {
        self.period
    }

    /// Ticks within which the budget is given: the shorter of deadline and period, so that one job is open at a time.
    pub const fn window(&self) -> u64 {
        if self.deadline < self.period { self.deadline } else { self.period }
    }

    /// The share of a CPU that keeps the promise: budget / min(deadline, period), rounded up to a millionth.
    pub const fn density_ppm(&self) -> u32 {
        // At most 1,000,000, because the budget fits into the window.
        (self.budget as u128 * WHOLE_PPM).div_ceil(self.window() as u128) as u32
    }
}
