//! Threads: switching, making, waking.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;

use kernel_core::sched::CpuSet;
use kernel_core::system::{Lateness, Measured};

use crate::arch::counter;
use crate::sched::{self, Spawn, Thread};
use crate::sync::{Channel, Mutex, Semaphore};

use super::ROUNDS;

/// A thread on the core that this runs on: what is measured is one core's.
fn beside_me(name: &'static str, work: impl FnOnce() + Send + 'static) -> Result<Thread, &'static str> {
    let here = CpuSet::only(sched::this_cpu());
    Spawn::new(name).affinity(here).run(work).map_err(|_| "no thread can be made")
}

/// What `measure` comes to in a thread that stays on this core.
pub(super) fn measured_here(
    measure: impl FnOnce() -> Result<Measured, &'static str> + Send + 'static,
) -> Result<Measured, &'static str> {
    static OUTCOME: Mutex<Result<Measured, &'static str>> = Mutex::new(Err("not measured"));
    beside_me("bench", || *OUTCOME.lock() = measure())?.join();
    *OUTCOME.lock()
}

/// Two threads on one core, of which the first measures how long its `ROUNDS` take; `each` operations are in a round.
fn duet(
    each: u64,
    first: impl Fn() + Send + 'static,
    second: impl Fn() + Send + 'static,
) -> Result<Measured, &'static str> {
    static TICKS: AtomicU64 = AtomicU64::new(0);
    static BOTH_ARE_THERE: Semaphore = Semaphore::new(0);
    static CALLED_OFF: AtomicBool = AtomicBool::new(false);
    CALLED_OFF.store(false, Ordering::Relaxed);
    let one = beside_me("bench 1", move || {
        BOTH_ARE_THERE.acquire();
        if CALLED_OFF.load(Ordering::Relaxed) {
            return;
        }
        // Once before, so that both have begun.
        first();
        let start = counter::now();
        (0..ROUNDS).for_each(|_| first());
        TICKS.store(counter::now() - start, Ordering::Relaxed);
    })?;
    let two = beside_me("bench 2", move || (0..=ROUNDS).for_each(|_| second()));
    CALLED_OFF.store(two.is_err(), Ordering::Relaxed);
    BOTH_ARE_THERE.release();
    one.join();
    two?.join();
    Ok(Measured::new(TICKS.load(Ordering::Relaxed), each * ROUNDS))
}

/// One switch between two threads that give way to each other.
pub(super) fn yields() -> Result<Measured, &'static str> {
    duet(2, sched::yield_now, sched::yield_now)
}

/// A thread is made, does nothing, and is joined.
pub(super) fn create_and_join() -> Result<Measured, &'static str> {
    // Cannot fail in the middle: what one round uses the next one has.
    beside_me("bench", || {})?.join();
    Ok(super::each(|| beside_me("bench", || {}).map_or((), Thread::join)))
}

/// A wait that blocks, and the wake-up that ends it.
pub(super) fn semaphore() -> Result<Measured, &'static str> {
    static PING: Semaphore = Semaphore::new(0);
    static PONG: Semaphore = Semaphore::new(0);
    let first = || {
        PING.release();
        PONG.acquire();
    };
    let second = || {
        PING.acquire();
        PONG.release();
    };
    duet(2, first, second)
}

/// A value to another thread and one back.
pub(super) fn channel() -> Result<Measured, &'static str> {
    static PING: Channel<u64, 4> = Channel::new();
    static PONG: Channel<u64, 4> = Channel::new();
    // Neither is ever closed.
    let first = || {
        let _ = PING.send(1);
        let _ = PONG.receive();
    };
    let second = || {
        let _ = PING.receive();
        let _ = PONG.send(2);
    };
    duet(1, first, second)
}

/// From the moment when a time comes, with the core asleep, to the thread that waited for it.
pub(super) fn timer_wake() -> Result<Measured, &'static str> {
    if !sched::has_clock() {
        return Err("no timer runs");
    }
    let ahead = sched::ticks(Duration::from_micros(200));
    let late = |_| {
        let at = counter::now() + ahead;
        sched::sleep_until(at);
        counter::now() - at
    };
    let rounds = ROUNDS / 10;
    Ok(Measured::new((0..rounds).map(late).sum(), rounds))
}

/// From a wake-up on one core to the thread that waited for it on another one, which sleeps.
pub(super) fn cross_wake() -> Result<Measured, &'static str> {
    static WAKE: Semaphore = Semaphore::new(0);
    static DONE: Semaphore = Semaphore::new(0);
    static WOKEN: AtomicU64 = AtomicU64::new(0);
    static SUM: AtomicU64 = AtomicU64::new(0);
    let here = sched::this_cpu();
    let there = sched::online().iter().find(|&cpu| cpu != here).ok_or("only one core takes threads")?;
    let rounds = ROUNDS / 10;
    let waiter = move || {
        for _ in 0..rounds {
            WAKE.acquire();
            WOKEN.store(counter::now(), Ordering::Relaxed);
            DONE.release();
        }
    };
    let waker = move || {
        for _ in 0..rounds {
            // Long enough for the other one to lie down.
            sched::sleep(Duration::from_micros(500));
            SUM.fetch_sub(counter::now(), Ordering::Relaxed);
            WAKE.release();
            DONE.acquire();
            SUM.fetch_add(WOKEN.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    };
    SUM.store(0, Ordering::Relaxed);
    let spawn = |name, cpu| Spawn::new(name).affinity(CpuSet::only(cpu));
    let waiter = spawn("bench there", there).run(waiter).map_err(|_| "no thread can be made")?;
    let waker = spawn("bench here", here).run(waker);
    if waker.is_err() {
        // The waiter is let go, so that it ends.
        (0..rounds).for_each(|_| WAKE.release());
    }
    waiter.join();
    waker.map_err(|_| "no second thread can be made")?.join();
    Ok(Measured::new(SUM.load(Ordering::Relaxed), rounds))
}

/// How late half of a core's timer interrupts come at most.
pub(super) fn jitter_p50() -> Result<Measured, &'static str> {
    jitter(|late| late.p50)
}

/// How late all but one in a hundred come at most.
pub(super) fn jitter_p99() -> Result<Measured, &'static str> {
    jitter(|late| late.p99)
}

fn jitter(which: fn(Lateness) -> u64) -> Result<Measured, &'static str> {
    static LATE: AtomicU64 = AtomicU64::new(0);
    if !sched::has_clock() {
        return Err("no timer runs");
    }
    LATE.store(u64::MAX, Ordering::Relaxed);
    let measured = beside_me("bench", move || {
        let cpu = sched::this_cpu();
        if sched::deadline::begin_jitter(cpu).is_ok() {
            (0..ROUNDS).for_each(|_| sched::sleep(Duration::from_micros(200)));
            LATE.store(sched::deadline::lateness(cpu).map_or(u64::MAX, which), Ordering::Relaxed);
        }
    })?;
    measured.join();
    match LATE.load(Ordering::Relaxed) {
        u64::MAX => Err("this image has no deterministic scheduler"),
        ticks => Ok(Measured::new(ticks, 1)),
    }
}
