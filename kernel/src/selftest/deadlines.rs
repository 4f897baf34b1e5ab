//! Reservations: budgets, deadlines, who is refused, and what happens when the timer can't be relied on.
//!
//! A host that runs an emulator's core late makes its interrupts late, by as much as the core's own statistics say. So what is
//! measured here is held against these, and against the order of events, never against a tolerance.

use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use core::time::Duration;

use drivers::timer::{CounterRegisters as _, ENABLE, IMASK};
use kernel_core::deadline::{AdmitError, Refused, Reservation, TimerFault, Trust};
use kernel_core::sched::{CpuSet, Priority};
use kernel_core::system::{Outcome, why};

use crate::arch::counter;
use crate::arch::timer::VirtualTimer;
use crate::sched::{self, Spawn, SpawnError, Thread, deadline};
use crate::sync::Lock;

use super::{beside_me, pass};

const MILLISECOND: Duration = Duration::from_millis(1);
/// For what takes some periods, on a host that does nearly nothing else.
const PATIENCE: Duration = Duration::from_secs(30);

/// Ends a test in the middle: `FAIL`, and why.
macro_rules! wrong {
    ($($text:tt)*) => { return Ok(Outcome::Fail(why(format_args!($($text)*)))) };
}

/// A server that never has enough is stopped when its budget is spent, and goes on with the next one at its own release; a
/// thread beside it has the rest.
pub(super) fn budget() -> Outcome {
    static BESIDE: AtomicU64 = AtomicU64::new(0);
    static OVER: AtomicBool = AtomicBool::new(false);
    static SPENT: Lock<Spent> = Lock::new(Spent::NOTHING);
    if let Some(skip) = missing() {
        return skip;
    }
    OVER.store(false, Relaxed);
    outcome((|| {
        let cpu = sched::this_cpu();
        let here = CpuSet::only(cpu);
        let reservation = milliseconds(5, 20);
        deadline::begin_jitter(cpu)?;
        let beside = Spawn::new("beside").affinity(here).priority(Priority::LOWEST).run(|| {
            while !OVER.load(Relaxed) {
                BESIDE.fetch_add(1, Relaxed);
            }
        })?;
        let hungry = Spawn::new("hungry").affinity(here).reserving(reservation);
        let hungry = hungry.run(move || *SPENT.lock() = spend(reservation, &BESIDE)).map(Thread::join);
        OVER.store(true, Relaxed);
        beside.join();
        hungry?;
        let spent = *SPENT.lock();
        let late = deadline::lateness(cpu).map_or(0, |late| late.max);
        let most = reservation.budget() + late;
        let Spent { periods, stops, longest, soonest, drifted } = spent;
        if drifted != 0 {
            wrong!("{drifted} of {periods} releases weren't a whole number of periods after the first");
        }
        if longest > most {
            wrong!("{longest} ticks in a period, of {} and {late} that the timer was late", reservation.budget());
        }
        if !spent.is_enough(reservation) {
            wrong!(
                "stopped for the thread beside it in {stops} of {periods} periods, and on {soonest} ticks after a release"
            );
        }
        Ok(pass!(
            "{longest} ticks in a period, {} + {late} late are allowed, on {soonest} after its release, {stops} stops",
            reservation.budget()
        ))
    })())
}

/// What a thread sees of its own server.
#[derive(Clone, Copy)]
struct Spent {
    /// Budgets that it had, the first not counted.
    periods: u32,
    /// Those before which somebody else ran.
    stops: u32,
    /// Between its first and its last look within a period.
    longest: u64,
    /// Between a release and its first look afterwards.
    soonest: u64,
    /// Releases off the grid of the first.
    drifted: u32,
}

impl Spent {
    const NOTHING: Self = Self { periods: 0, stops: 0, longest: 0, soonest: u64::MAX, drifted: 0 };

    /// Whoever runs beside it ran often enough, and it went on in time at least once: a host may spoil any of these.
    fn is_enough(&self, reservation: Reservation) -> bool {
        self.stops >= 10 && self.soonest < reservation.period() / 20
    }
}

/// Runs until it has seen enough of its `reservation`'s periods, while somebody counts on `beside` where it can't run.
fn spend(reservation: Reservation, beside: &AtomicU64) -> Spent {
    // A period that lasts so long isn't any, and so many are enough for any host.
    let (longest, periods) = (sched::ticks(4000 * MILLISECOND), 2000);
    let mut spent = Spent::NOTHING;
    let (mut due, mut start, mut counted) = (deadline::due().unwrap_or(0), counter::now(), beside.load(Relaxed));
    while !spent.is_enough(reservation) && spent.longest < longest && spent.periods < periods {
        // In this order: the period wasn't over when the counter was read.
        let now = counter::now();
        let next = deadline::due().unwrap_or(0);
        if next == due {
            spent.longest = spent.longest.max(now - start);
            continue;
        }
        start = counter::now();
        spent.periods += 1;
        spent.stops += u32::from(beside.load(Relaxed) != counted);
        spent.soonest = spent.soonest.min(start - (next - reservation.window()));
        spent.drifted += u32::from(!(next - due).is_multiple_of(reservation.period()));
        (due, counted) = (next, beside.load(Relaxed));
    }
    spent
}

/// Two servers on one core run in the order of their deadlines, and keep them all beside a thread that never waits.
///
/// With every interrupt at most a tenth of the shorter period late, budgets are as much longer and times as much shorter: 40/90 +
/// 100/215 of the core are less than all of it, so no deadline may be missed. Where interrupts come later nothing is said.
pub(super) fn met() -> Outcome {
    const ATTEMPTS: u32 = 5;
    if let Some(skip) = missing() {
        return skip;
    }
    let most = sched::ticks(10 * MILLISECOND);
    let mut late = 0;
    for attempt in 1..=ATTEMPTS {
        let tried = match try_to_meet() {
            Ok(tried) => tried,
            Err(error) => return outcome(Err(error)),
        };
        if tried.disorder != 0 {
            super::fail!("{} times a server ran before one with an earlier deadline", tried.disorder);
        }
        late = tried.late;
        match tried.missed {
            0 if late <= most => {
                return pass!("13 jobs of two servers, interrupts {late} ticks late, attempt {attempt}");
            }
            missed if late <= most => super::fail!("{missed} of 13 jobs were late, interrupts only {late} ticks"),
            _ => {}
        }
    }
    Outcome::Skip(why(format_args!("interrupts come {late} ticks late here, {most} would do; the order was right")))
}

/// What two servers saw.
struct Tried {
    /// Jobs that hadn't had their time by their deadline.
    missed: u32,
    /// Looks at which somebody else should have run.
    disorder: u32,
    /// The core's latest interrupt.
    late: u64,
}

fn try_to_meet() -> Result<Tried, SpawnError> {
    static OVER: AtomicBool = AtomicBool::new(false);
    static BEGUN: AtomicU32 = AtomicU32::new(0);
    static MISSED: AtomicU32 = AtomicU32::new(0);
    static DISORDER: AtomicU32 = AtomicU32::new(0);
    OVER.store(false, Relaxed);
    [&BEGUN, &MISSED, &DISORDER].into_iter().for_each(|count| count.store(0, Relaxed));
    let jobs = |reservation: Reservation, jobs: u32| {
        move || {
            BEGUN.fetch_add(1, Relaxed);
            // While the other one is being let go it is ready before its core knows.
            while BEGUN.load(Relaxed) < 2 && !OVER.load(Relaxed) && deadline::next_period().is_ok() {}
            for _ in 0..jobs {
                let job = job(reservation);
                MISSED.fetch_add(job.missed, Relaxed);
                DISORDER.fetch_add(job.disorder, Relaxed);
                // That deadlines aren't kept is what the test is about.
                let _ = deadline::next_period();
            }
        }
    };
    get_back();
    let cpu = sched::this_cpu();
    let here = CpuSet::only(cpu);
    let beside = Spawn::new("beside").affinity(here).priority(Priority::LOWEST).run(|| {
        while !OVER.load(Relaxed) {
            core::hint::spin_loop();
        }
    })?;
    let begun = deadline::begin_jitter(cpu);
    let (short, long) = (milliseconds(30, 100), milliseconds(90, 225));
    let one = begun.and_then(|()| Spawn::new("short").affinity(here).reserving(short).run(jobs(short, 9)));
    let two = Spawn::new("long").affinity(here).reserving(long).run(jobs(long, 4));
    if one.is_err() || two.is_err() {
        OVER.store(true, Relaxed);
    }
    let joined = [one, two].map(|thread| thread.map(Thread::join));
    OVER.store(true, Relaxed);
    beside.join();
    joined.into_iter().collect::<Result<(), SpawnError>>()?;
    let late = deadline::lateness(cpu).map_or(0, |late| late.max);
    Ok(Tried { missed: MISSED.load(Relaxed), disorder: DISORDER.load(Relaxed), late })
}

/// Runs until a third of the budget is spent.
fn job(reservation: Reservation) -> Tried {
    let mut tried = Tried { missed: 0, disorder: 0, late: 0 };
    let due = deadline::due();
    let rest = reservation.budget() - reservation.budget() / 3;
    loop {
        let now = counter::now();
        tried.disorder += u32::from(!deadline::is_earliest());
        // With a new deadline all of the budget was spent before the old one.
        if deadline::due() != due || deadline::left().is_none_or(|left| left <= rest) {
            return tried;
        }
        if Some(now) > due {
            return Tried { missed: 1, ..tried };
        }
    }
}

/// What doesn't fit is refused, with the arithmetic, and fits again when somebody else's charge has come back.
pub(super) fn refusal() -> Outcome {
    static OVER: AtomicBool = AtomicBool::new(false);
    if let Some(skip) = missing() {
        return skip;
    }
    OVER.store(false, Relaxed);
    let wait = || {
        loop {
            if OVER.load(Relaxed) {
                return;
            }
            // Somebody's late interrupt is no reason to leave.
            let _ = deadline::next_period();
        }
    };
    let cpu = CpuSet::only(sched::this_cpu());
    let ask = |budget| Spawn::new("waiting").affinity(cpu).reserving(milliseconds(budget, 10)).run(wait);
    outcome((|| {
        let six = ask(6)?;
        let two = ask(2);
        let refused = ask(1).err();
        OVER.store(true, Relaxed);
        six.join();
        two?.join();
        let expected = Refused { reservation: milliseconds(1, 10), charged_ppm: 800_000, bound_ppm: 850_000 };
        if refused != Some(SpawnError::Refused(AdmitError::Refused(expected))) {
            wrong!("with 800000 ppm charged: {refused:?}");
        }
        sched::sleep(12 * MILLISECOND);
        ask(8)?.join();
        Ok(pass!("{expected}; after their end 800000 fit again"))
    })())
}

/// While the timer can't be relied on nobody is admitted, and who was is told.
pub(super) fn timer() -> Outcome {
    static TOLD: AtomicBool = AtomicBool::new(false);
    static OVER: AtomicBool = AtomicBool::new(false);
    static PERIODS: AtomicU32 = AtomicU32::new(0);
    if let Some(skip) = missing() {
        return skip;
    }
    [&TOLD, &OVER].into_iter().for_each(|flag| flag.store(false, Relaxed));
    PERIODS.store(0, Relaxed);
    outcome((|| {
        let server = beside_me("told").reserving(milliseconds(1, 10)).run(|| {
            while !OVER.load(Relaxed) {
                if deadline::next_period().is_err() {
                    return TOLD.store(true, Relaxed);
                }
                PERIODS.fetch_add(1, Relaxed);
            }
        })?;
        wait_for(|| PERIODS.load(Relaxed) > 2);
        // Another fault than silence, which the timekeeper would take back; and silence isn't all there is from then on.
        deadline::distrust(TimerFault::Stopped);
        deadline::distrust(TimerFault::Silent(0));
        let known = deadline::timer();
        let refused = beside_me("refused").reserving(milliseconds(1, 10)).run(|| {}).err();
        wait_for(|| TOLD.load(Relaxed));
        OVER.store(true, Relaxed);
        server.join();
        deadline::trust();
        let (periods, told) = (PERIODS.load(Relaxed), TOLD.load(Relaxed));
        if periods < 3 || !told {
            wrong!("{periods} periods before, told: {told}");
        }
        if refused != Some(SpawnError::Refused(AdmitError::TimerUnreliable)) {
            wrong!("another one: {refused:?}");
        }
        if known != Trust::Fault(TimerFault::Stopped) {
            wrong!("silence made one forget that the counter stood still: {known}");
        }
        if !is_admitted() {
            wrong!("nobody is admitted afterwards");
        }
        // Later than the last look of whoever watched the timers for those before; then who is refused has to have somebody look.
        sched::sleep(500 * MILLISECOND);
        deadline::distrust(TimerFault::Silent(0));
        let _ = beside_me("refused").reserving(milliseconds(1, 10)).run(|| {});
        if !is_admitted() {
            wrong!("a silence that was told with nobody there has no end");
        }
        Ok(pass!("told after {periods} periods, and nobody was admitted meanwhile"))
    })())
}

/// A timer that stalls is noticed, who relies on it is told at once, and all goes on when it does.
pub(super) fn stall() -> Outcome {
    static TOLD: Lock<Result<(), TimerFault>> = Lock::new(Ok(()));
    static REFUSED: AtomicBool = AtomicBool::new(false);
    if let Some(skip) = missing() {
        return skip;
    }
    *TOLD.lock() = Ok(());
    REFUSED.store(false, Relaxed);
    outcome((|| {
        beside_me("stalled")
            .reserving(milliseconds(5, 20))
            .run(|| {
                // The end of its budget is due, so the timer is set.
                VirtualTimer.set_control(ENABLE | IMASK);
                let start = counter::now();
                // Longer than a timer may be late.
                while counter::now() - start < sched::ticks(2100 * MILLISECOND) {}
                *TOLD.lock() = deadline::next_period();
                let refused = beside_me("refused").reserving(milliseconds(1, 10)).run(|| {}).err();
                let expected = SpawnError::Refused(AdmitError::TimerUnreliable);
                REFUSED.store(refused == Some(expected), Relaxed);
                VirtualTimer.set_control(ENABLE);
            })?
            .join();
        let (told, refused) = (*TOLD.lock(), REFUSED.load(Relaxed));
        let Err(fault @ TimerFault::Silent(_)) = told else { wrong!("who relied on it was told {told:?}") };
        if !refused {
            wrong!("somebody was admitted meanwhile");
        }
        if !is_admitted() {
            wrong!("it interrupts again, but nobody is admitted");
        }
        Ok(pass!("told: {fault}; then trusted again"))
    })())
}

/// A test whose threads couldn't be made has failed, except for a host that stands still for seconds in the middle of it.
fn outcome(result: Result<Outcome, SpawnError>) -> Outcome {
    match result {
        Err(error @ SpawnError::Refused(AdmitError::TimerUnreliable)) => Outcome::Skip(why(format_args!("{error}"))),
        result => super::outcome(result),
    }
}

/// Whether somebody is admitted, as soon as the timer is trusted.
fn is_admitted() -> bool {
    let admitted = AtomicBool::new(false);
    wait_for(|| !matches!(deadline::timer(), Trust::Fault(_)));
    wait_for(|| {
        let thread = beside_me("admitted").reserving(milliseconds(1, 10)).run(|| {});
        let is = thread.map(Thread::join).is_ok();
        admitted.store(is, Relaxed);
        is
    });
    admitted.load(Relaxed)
}

/// Why this machine can't keep deadlines.
fn missing() -> Option<Outcome> {
    let skip = |text| Some(Outcome::Skip(why(text)));
    if !cfg!(preset_feature = "deterministic") {
        return skip(format_args!("this image has no deterministic scheduler"));
    }
    // A host that stood still lets the timer come late, not never.
    wait_for(|| !matches!(deadline::timer(), Trust::Fault(TimerFault::Silent(_))));
    get_back();
    match deadline::timer() {
        Trust::Fault(fault) => skip(format_args!("{fault}")),
        _ => None,
    }
}

/// Waits until what was reserved before has come back: the charge of a server that ended lasts until its deadline at most, and no
/// period here is longer.
fn get_back() {
    sched::sleep(230 * MILLISECOND);
}

/// Sleeps until `done`, or until nobody has patience any more.
fn wait_for(done: impl Fn() -> bool) {
    let end = counter::now() + sched::ticks(PATIENCE);
    while !done() && counter::now() < end {
        sched::sleep(5 * MILLISECOND);
    }
}

/// A budget in every period.
fn milliseconds(budget: u32, period: u32) -> Reservation {
    deadline::reservation(MILLISECOND * budget, MILLISECOND * period).unwrap_or_else(|error| panic!("{error}"))
}
