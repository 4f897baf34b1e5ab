//! Time: who sleeps wakes, neither early nor much too late.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use alloc::vec::Vec;

use kernel_core::system::{Outcome, why};

use crate::arch::counter;
use crate::sched::{self, SpawnError};
use crate::sync::Lock;

use super::{join_all, outcome};

/// Later than this is no sleep any more, even on an emulator whose host is busy.
const LATE: Duration = Duration::from_millis(500);

/// A sleep lasts as long as was asked.
pub(super) fn sleep() -> Outcome {
    if !sched::has_clock() {
        return Outcome::Skip(why(format_args!("no timer runs")));
    }
    let mut worst = 0;
    for micros in [1, 50, 1000, 7000, 20_000] {
        let (asked, start) = (sched::ticks(Duration::from_micros(micros)), counter::now());
        sched::sleep(Duration::from_micros(micros));
        let Some(late) = (counter::now() - start).checked_sub(asked) else {
            return Outcome::Fail(why(format_args!("a sleep of {micros} µs ended early")));
        };
        worst = worst.max(late);
    }
    let micros = worst / sched::ticks(Duration::from_micros(1)).max(1);
    match worst < sched::ticks(LATE) {
        true => Outcome::Pass(why(format_args!("at most {micros} µs late"))),
        false => Outcome::Fail(why(format_args!("{micros} µs late"))),
    }
}

/// Several sleepers wake in the order of their times, whatever the order in which they lay down.
pub(super) fn order() -> Outcome {
    const TIMES: [u64; 6] = [40, 10, 30, 60, 20, 50];
    static AWAKE: Lock<heapless::Vec<u64, 6>> = Lock::new(heapless::Vec::new());
    static EARLY: AtomicU32 = AtomicU32::new(0);
    if !sched::has_clock() {
        return Outcome::Skip(why(format_args!("no timer runs")));
    }
    AWAKE.lock().clear();
    EARLY.store(0, Ordering::Relaxed);
    let start = counter::now() + sched::ticks(Duration::from_millis(5));
    let sleeper = |millis: u64| {
        let at = start + sched::ticks(Duration::from_millis(millis));
        super::beside_me("sleeper").run(move || {
            sched::sleep_until(at);
            if counter::now() < at {
                EARLY.fetch_add(1, Ordering::Relaxed);
            }
            // Cannot fail: there is room for all.
            let _ = AWAKE.lock().push(millis);
        })
    };
    outcome((|| {
        join_all(TIMES.into_iter().map(sleeper).collect::<Result<Vec<_>, SpawnError>>()?);
        let awake = AWAKE.lock().clone();
        Ok(match (awake.is_sorted(), EARLY.load(Ordering::Relaxed)) {
            (true, 0) => Outcome::Pass(why(format_args!("six sleepers"))),
            (_, early) => Outcome::Fail(why(format_args!("{early} early, in the order {awake:?}"))),
        })
    })())
}
