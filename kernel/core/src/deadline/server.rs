//! One server: a budget, a deadline, and when the budget comes back.

use super::Reservation;

/// Where a server is in its round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its thread has nothing to do.
    Idle,
    /// Its thread may run until the budget is spent.
    Ready,
    /// The budget is spent, or its time is over; it waits for the next release.
    Depleted,
}

impl State {
    /// Lower-case, as people and tools read it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Ready => "ready",
            Self::Depleted => "depleted",
        }
    }
}

/// What running cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charge {
    /// These ticks of budget are left.
    Left(u64),
    /// The budget is spent; the server is stopped until this tick.
    Depleted {
        /// The next release.
        until: u64,
    },
}

/// A constant-bandwidth server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Server {
    reservation: Reservation,
    /// The current period's start.
    release: u64,
    remaining: u64,
    state: State,
    /// Ticks that it ran beyond its budgets, because the timer came late.
    overrun: u64,
}

impl Server {
    /// A server whose first period starts at `now`; its thread has nothing to do yet.
    pub const fn new(reservation: Reservation, now: u64) -> Self {
        Self { reservation, release: now, remaining: reservation.budget(), state: State::Idle, overrun: 0 }
    }

    /// What it was admitted with.
    pub const fn reservation(&self) -> Reservation {
        self.reservation
    }

    /// Where it is.
    pub const fn state(&self) -> State {
        self.state
    }

    /// The tick by which the current budget is given: what EDF orders by.
    pub const fn deadline(&self) -> u64 {
        self.release.saturating_add(self.reservation.window())
    }

    /// The tick at which the next budget comes.
    pub const fn next_release(&self) -> u64 {
        self.release.saturating_add(self.reservation.period())
    }

    /// Ticks of the current budget that are left.
    pub const fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Ticks that it ran beyond its budgets.
    pub const fn overrun(&self) -> u64 {
        self.overrun
    }

    /// Its thread has something to do.
    ///
    /// Budget and deadline go on if what is left can't exceed the server's bandwidth until the deadline; otherwise a new
    /// period starts here. After the deadline of a period that isn't over the server waits for the release.
    pub fn wake(&mut self, now: u64) {
        if self.state != State::Idle {
            return;
        }
        if now >= self.next_release() {
            self.start(now);
        } else if now >= self.deadline() || self.remaining == 0 {
            self.state = State::Depleted;
        } else if self.fits(now) {
            self.state = State::Ready;
        } else {
            self.start(now);
        }
    }

    /// Its thread has nothing more to do.
    pub fn block(&mut self) {
        self.state = State::Idle;
    }

    /// Its thread has done what it had to do in this period: what is left of the budget is given up, and the next one comes at
    /// the next release.
    pub fn finish(&mut self) {
        self.remaining = 0;
        self.state = State::Depleted;
    }

    /// Its thread ran for `ticks`.
    pub fn charge(&mut self, ticks: u64) -> Charge {
        self.overrun = self.overrun.saturating_add(ticks.saturating_sub(self.remaining));
        self.remaining = self.remaining.saturating_sub(ticks);
        if self.remaining > 0 {
            return Charge::Left(self.remaining);
        }
        if self.state == State::Ready {
            self.state = State::Depleted;
        }
        Charge::Depleted { until: self.next_release() }
    }

    /// Gives the budget back once its release has come; says whether the server became ready.
    ///
    /// Releases stay on the grid of the first one: a late call makes no later release late, and periods that went by
    /// unnoticed bring no second budget.
    pub fn replenish(&mut self, now: u64) -> bool {
        if self.state != State::Depleted || now < self.next_release() {
            return false;
        }
        let periods = (now - self.release) / self.reservation.period();
        self.release += periods * self.reservation.period();
        self.remaining = self.reservation.budget();
        self.state = State::Ready;
        true
    }

    /// When the bandwidth of a server that ends is free: when what it ran is no more than its share of the time.
    pub fn lag_ends(&self) -> u64 {
        let window = u128::from(self.reservation.window());
        let unspent = u128::from(self.remaining) * window / u128::from(self.reservation.budget());
        // At most the window, as no more than the budget remains.
        self.deadline() - unspent as u64
    }

    fn start(&mut self, now: u64) {
        self.release = now;
        self.remaining = self.reservation.budget();
        self.state = State::Ready;
    }

    /// remaining / (deadline - now) ≤ budget / window.
    fn fits(&self, now: u64) -> bool {
        let left = u128::from(self.deadline() - now);
        u128::from(self.remaining) * u128::from(self.reservation.window())
            <= u128::from(self.reservation.budget()) * left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(budget: u64, period: u64, deadline: u64, now: u64) -> Server {
        let mut server = Server::new(Reservation::new(budget, period, deadline).unwrap(), now);
        server.wake(now);
        server
    }

    #[test]
    fn a_spent_budget_comes_back_at_the_next_release() {
        let mut server = server(3, 10, 10, 100);
        assert_eq!(server.charge(2), Charge::Left(1));
        assert_eq!(server.charge(1), Charge::Depleted { until: 110 });
        assert!(!server.replenish(109));
        assert!(server.replenish(110));
        assert_eq!((server.remaining(), server.deadline(), server.state()), (3, 120, State::Ready));
    }

    #[test]
    fn a_late_timer_shifts_no_release() {
        let mut server = server(3, 10, 10, 100);
        server.charge(3);
        assert!(server.replenish(147));
        assert_eq!((server.remaining(), server.deadline()), (3, 150), "one budget, on the grid of 100");
    }

    #[test]
    fn who_is_done_early_goes_on_at_the_next_release() {
        let mut server = server(3, 10, 10, 100);
        server.charge(1);
        server.finish();
        assert!(!server.replenish(109));
        assert!(server.replenish(111));
        assert_eq!((server.remaining(), server.deadline(), server.overrun()), (3, 120, 0), "on the grid of 100");
    }

    #[test]
    fn what_ran_too_long_is_told() {
        let mut server = server(3, 10, 10, 0);
        assert_eq!(server.charge(5), Charge::Depleted { until: 10 });
        assert_eq!(server.overrun(), 2);
    }

    #[test]
    fn sleeping_saves_no_bandwidth_up() {
        // 3 left at 8 would be 3 in 2: more than 3 in 10.
        let mut server = server(3, 10, 10, 0);
        server.block();
        server.wake(8);
        assert_eq!((server.remaining(), server.deadline()), (3, 18));
        // 1 left at 12 is 1 in 6, less than 3 in 10: budget and deadline go on.
        server.charge(2);
        server.block();
        server.wake(12);
        assert_eq!((server.remaining(), server.deadline(), server.state()), (1, 18, State::Ready));
    }

    #[test]
    fn a_period_has_one_budget() {
        let mut constrained = server(2, 10, 4, 0);
        constrained.charge(2);
        constrained.block();
        constrained.wake(3);
        assert_eq!(constrained.state(), State::Depleted, "the budget is spent");
        let mut late = server(2, 10, 4, 0);
        late.block();
        late.wake(6);
        assert_eq!(late.state(), State::Depleted, "its deadline is over");
        assert!(late.replenish(10));
        assert_eq!(late.deadline(), 14);
    }

    #[test]
    fn bandwidth_is_free_when_the_lag_is_gone() {
        let mut server = server(4, 10, 10, 0);
        assert_eq!(server.lag_ends(), 0);
        server.charge(2);
        assert_eq!(server.lag_ends(), 5);
        server.charge(2);
        assert_eq!(server.lag_ends(), 10);
    }
}
