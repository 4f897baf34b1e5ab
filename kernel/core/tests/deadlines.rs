//! Admission and servers, held to exact simulations: tick by tick, nothing rounded.

use kernel_core::deadline::{Admission, Charge, Reservation, ServerId, Servers, State};
use proptest::prelude::*;

/// Servers of one CPU in these tests.
const SERVERS: usize = 6;
/// Long enough for every pair of the periods below.
const HORIZON: u64 = 4_000;

fn reservation() -> impl Strategy<Value = Reservation> {
    (2u64..60, 2u64..60)
        .prop_flat_map(|(period, deadline)| (1..=period.min(deadline), Just(period), Just(deadline)))
        .prop_map(|(budget, period, deadline)| Reservation::new(budget, period, deadline).unwrap())
}

fn implicit() -> impl Strategy<Value = Reservation> {
    prop_oneof![Just(4u64), Just(6), Just(8), Just(12), Just(16), Just(24), Just(48)]
        .prop_flat_map(|period| (1..=period, Just(period)))
        .prop_map(|(budget, period)| Reservation::new(budget, period, period).unwrap())
}

/// Those of `wanted` that a whole CPU admits, one after the other.
fn admitted(wanted: &[Reservation]) -> Vec<Reservation> {
    let mut account = Admission::new(1_000_000);
    wanted.iter().copied().filter(|&reservation| account.charge(reservation).is_ok()).collect()
}

/// Plain EDF over jobs that all ask for their whole budget: the first deadline that is missed.
fn first_miss(reservations: &[Reservation], horizon: u64) -> Option<u64> {
    // (deadline, ticks left) of each task's open job.
    let mut jobs = vec![(0, 0); reservations.len()];
    for now in 0..horizon {
        if jobs.iter().any(|&(deadline, left)| left > 0 && deadline <= now) {
            return Some(now);
        }
        for (job, reservation) in jobs.iter_mut().zip(reservations) {
            if now % reservation.period() == 0 {
                *job = (now + reservation.window(), reservation.budget());
            }
        }
        if let Some(job) = jobs.iter_mut().filter(|(_, left)| *left > 0).min_by_key(|(deadline, _)| *deadline) {
            job.1 -= 1;
        }
    }
    None
}

/// The servers as the kernel runs them, each with a thread that at every tick does what `habit` says.
struct Machine {
    servers: Servers<SERVERS>,
    ids: Vec<ServerId>,
    ran: Vec<u64>,
}

impl Machine {
    fn new(reservations: &[Reservation]) -> Self {
        let mut servers = Servers::new(1_000_000);
        let ids = reservations.iter().map(|&wanted| servers.admit(wanted, 0).unwrap()).collect();
        Self { servers, ids, ran: vec![0; reservations.len()] }
    }

    /// One tick; an error names a server that didn't get its budget by its deadline.
    fn tick(&mut self, now: u64, awake: &dyn Fn(usize, u64) -> bool) -> Result<(), String> {
        for (index, &id) in self.ids.iter().enumerate() {
            match awake(index, now) {
                true => self.servers.wake(id, now).unwrap(),
                false => self.servers.block(id).unwrap(),
            }
        }
        let pick = self.servers.pick(now);
        for (index, &id) in self.ids.iter().enumerate() {
            let server = self.servers.get(id).unwrap();
            if server.state() == State::Ready && server.deadline() <= now {
                return Err(format!("server {index} has {} ticks left at {now}", server.remaining()));
            }
        }
        assert!(pick.until > now, "a look that is due at once would never end");
        if let Some(id) = pick.server {
            self.ran[self.ids.iter().position(|&other| other == id).unwrap()] += 1;
            if let Charge::Depleted { until } = self.servers.charge(id, 1).unwrap() {
                assert!(until > now);
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn who_is_admitted_meets_every_deadline(wanted in prop::collection::vec(reservation(), 1..=SERVERS)) {
        prop_assert_eq!(first_miss(&admitted(&wanted), HORIZON), None);
    }

    #[test]
    fn more_than_a_cpu_misses_a_deadline_and_is_refused(wanted in prop::collection::vec(implicit(), 1..=SERVERS)) {
        // All periods divide 48, so the sum is exact.
        let asked: u64 = wanted.iter().map(|wanted| wanted.budget() * (48 / wanted.period())).sum();
        let missed = first_miss(&wanted, 48 * SERVERS as u64 * 2).is_some();
        prop_assert_eq!(missed, asked > 48);
        let all_admitted = admitted(&wanted).len() == wanted.len();
        // Densities are rounded up to a millionth each, so a CPU that is exactly full may be refused.
        let fitting = if missed { !all_admitted } else { all_admitted || asked == 48 };
        prop_assert!(fitting);
    }

    #[test]
    fn a_hungry_server_gets_its_budget_in_every_period(wanted in prop::collection::vec(reservation(), 1..=SERVERS)) {
        let reservations = admitted(&wanted);
        let mut machine = Machine::new(&reservations);
        for now in 0..HORIZON {
            machine.tick(now, &|_, _| true).map_err(TestCaseError::fail)?;
        }
        for (reservation, ran) in reservations.iter().zip(&machine.ran) {
            let whole = HORIZON / reservation.period() * reservation.budget();
            prop_assert!((whole..=whole + reservation.budget()).contains(ran), "{:?} ran {}", reservation, ran);
        }
    }

    #[test]
    fn threads_that_come_and_go_harm_nobody(
        wanted in prop::collection::vec(reservation(), 1..=SERVERS),
        habits in prop::collection::vec(any::<u64>(), SERVERS),
    ) {
        let reservations = admitted(&wanted);
        let mut machine = Machine::new(&reservations);
        for now in 0..HORIZON {
            let awake = |index: usize, now: u64| habits[index].rotate_left((now / 3) as u32) & 1 == 1;
            machine.tick(now, &awake).map_err(TestCaseError::fail)?;
        }
    }
}

#[test]
fn a_server_that_ends_gives_its_charge_back_when_it_is_worked_off() {
    let mut servers: Servers<2> = Servers::new(850_000);
    let half = Reservation::new(50, 100, 100).unwrap();
    let first = servers.admit(half, 0).unwrap();
    servers.wake(first, 0).unwrap();
    servers.charge(first, 50).unwrap();
    servers.end(first, 50).unwrap();
    assert!(servers.get(first).is_none() && servers.charge(first, 1).is_err());
    assert_eq!(servers.admission(99).charged_ppm(), 500_000, "its 50 ticks are the share of 100");
    assert!(servers.admit(half, 99).is_err());
    let second = servers.admit(half, 100).unwrap();
    assert_ne!(first, second, "a number isn't given twice");
    servers.end(second, 100).unwrap();
    assert_eq!(servers.admission(100).charged_ppm(), 0, "what never ran leaves nothing behind");
}

#[test]
fn nobody_is_admitted_on_a_timer_that_cannot_be_trusted() {
    let mut servers: Servers<2> = Servers::new(850_000);
    let small = Reservation::new(1, 100, 100).unwrap();
    servers.admit(small, 0).unwrap();
    assert_eq!(servers.distrust_timer().count(), 1, "one server is to be told");
    assert_eq!(servers.admit(small, 0).unwrap_err().to_string(), "the timer can't be relied on");
    servers.trust_timer();
    servers.admit(small, 0).unwrap();
    assert_eq!(servers.admit(small, 0).unwrap_err().to_string(), "all 2 servers of this CPU are in use");
}
