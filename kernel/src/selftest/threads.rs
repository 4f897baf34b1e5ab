//! Threads: their ends, their ranks, their turns.

use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use core::time::Duration;

use alloc::vec::Vec;

use kernel_core::sched::{CpuSet, Priority};
use kernel_core::system::{Outcome, why};

use crate::sched::{self, Spawn, SpawnError};
use crate::sync::{Lock, Masked, Semaphore};

use super::{beside_me, join_all, outcome, spin_until};

/// A joined thread has done its work.
pub(super) fn join() -> Outcome {
    static DONE: AtomicU32 = AtomicU32::new(0);
    DONE.store(0, Ordering::Relaxed);
    outcome((|| {
        for round in 1..=100 {
            // In turn one that ends before it is joined, and one that doesn't.
            let slow = round % 2 == 0;
            let thread = sched::spawn("joined", move || {
                if slow {
                    sched::yield_now();
                }
                DONE.fetch_add(1, Ordering::Relaxed);
            })?;
            if !slow {
                sched::yield_now();
            }
            thread.join();
            if DONE.load(Ordering::Relaxed) != round {
                return Ok(Outcome::Fail(why(format_args!("join {round} came back too early"))));
            }
        }
        Ok(Outcome::Pass(why(format_args!("100 threads"))))
    })())
}

/// Of those that are ready on a core, the highest runs first; those of one priority in their order.
pub(super) fn priorities() -> Outcome {
    static ORDER: Lock<heapless::Vec<u8, 8>> = Lock::new(heapless::Vec::new());
    ORDER.lock().clear();
    outcome((|| {
        let mut threads = Vec::new();
        // All below this thread, so that none begins before all are ready.
        for (number, level) in [(0, 3), (1, 9), (2, 6), (3, 9), (4, 1)] {
            let spawn = beside_me("ranked").priority(Priority::new(level).unwrap_or(Priority::LOWEST));
            threads.push(spawn.run(move || {
                // Cannot fail: there is room for more than five.
                let _ = ORDER.lock().push(number);
            })?);
        }
        join_all(threads);
        let order = ORDER.lock().clone();
        Ok(match order.as_slice() {
            [1, 3, 2, 0, 4] => Outcome::Pass(why(format_args!("five threads on four levels"))),
            other => Outcome::Fail(why(format_args!("they ran in the order {other:?}"))),
        })
    })())
}

/// A thread that never waits is interrupted by a higher one whose time has come.
pub(super) fn preemption() -> Outcome {
    static OVER: AtomicBool = AtomicBool::new(false);
    static DONE: AtomicBool = AtomicBool::new(false);
    OVER.store(false, Ordering::Relaxed);
    DONE.store(false, Ordering::Relaxed);
    outcome((|| {
        let busy = beside_me("busy").priority(Priority::LOWEST).run(|| {
            spin_until(&OVER);
            DONE.store(true, Ordering::Relaxed);
        })?;
        for _ in 0..5 {
            sched::sleep(Duration::from_millis(3));
        }
        let too_late = DONE.load(Ordering::Relaxed);
        OVER.store(true, Ordering::Release);
        busy.join();
        Ok(match too_late {
            false => Outcome::Pass(why(format_args!("five times"))),
            true => Outcome::Fail(why(format_args!("the lower thread ran until it was done"))),
        })
    })())
}

/// Threads of one priority that never wait take turns.
pub(super) fn turns() -> Outcome {
    const WANTED: u32 = 6;
    static LAST: AtomicUsize = AtomicUsize::new(usize::MAX);
    static CHANGES: AtomicU32 = AtomicU32::new(0);
    static OVER: AtomicBool = AtomicBool::new(false);
    if !sched::has_clock() {
        return Outcome::Skip(why(format_args!("no timer runs")));
    }
    CHANGES.store(0, Ordering::Relaxed);
    OVER.store(false, Ordering::Relaxed);
    let take_turns = |me: usize| {
        let mut patience = super::Patience::new();
        while !OVER.load(Ordering::Relaxed) && patience.lasts() {
            if LAST.swap(me, Ordering::Relaxed) != me && CHANGES.fetch_add(1, Ordering::Relaxed) > WANTED {
                OVER.store(true, Ordering::Relaxed);
            }
        }
    };
    outcome((|| {
        let threads = [0, 1, 2].map(|me| beside_me("turn").priority(Priority::LOWEST).run(move || take_turns(me)));
        join_all(threads.into_iter().collect::<Result<Vec<_>, SpawnError>>()?);
        let changes = CHANGES.load(Ordering::Relaxed);
        Ok(match changes > WANTED {
            true => Outcome::Pass(why(format_args!("three threads"))),
            false => Outcome::Fail(why(format_args!("only {changes} changes between three threads"))),
        })
    })())
}

/// A thread that lets a more urgent one go doesn't run before that waits again, with interrupts masked meanwhile or not.
pub(super) fn wake() -> Outcome {
    static GO: Semaphore = Semaphore::new(0);
    static WOKEN: AtomicU32 = AtomicU32::new(0);
    const ROUNDS: u32 = 6;
    WOKEN.store(0, Ordering::Relaxed);
    outcome((|| {
        // Both on one core: an idle one may take this thread away when the urgent one begins.
        let here = CpuSet::only(sched::this_cpu());
        let urgent = Spawn::new("urgent").affinity(here).priority(Priority::HIGHEST).run(|| {
            for _ in 0..ROUNDS {
                GO.acquire();
                WOKEN.fetch_add(1, Ordering::Relaxed);
            }
        })?;
        let waker = Spawn::new("waker").affinity(here).run(move || {
            for round in 1..=ROUNDS {
                let masked = (round % 2 == 0).then(Masked::new);
                GO.release();
                drop(masked);
                if WOKEN.load(Ordering::Relaxed) != round {
                    return;
                }
            }
            WOKEN.store(u32::MAX, Ordering::Relaxed);
        })?;
        waker.join();
        let woken = WOKEN.load(Ordering::Relaxed);
        // However far that came: the urgent one ends.
        (0..ROUNDS).for_each(|_| GO.release());
        urgent.join();
        while GO.try_acquire() {}
        Ok(match woken {
            u32::MAX => Outcome::Pass(why(format_args!("{ROUNDS} times, with interrupts masked or not"))),
            late => Outcome::Fail(why(format_args!("wake-up {} came late", late + 1))),
        })
    })())
}

/// As many threads as there are cores that never wait: in the end each core has one.
pub(super) fn balance() -> Outcome {
    static SEEN: AtomicU64 = AtomicU64::new(0);
    static OVER: AtomicBool = AtomicBool::new(false);
    let all = sched::online();
    let cores = all.iter().count();
    if cores < 2 {
        return Outcome::Skip(why(format_args!("one core takes threads")));
    }
    SEEN.store(0, Ordering::Relaxed);
    OVER.store(false, Ordering::Relaxed);
    let busy = || {
        let mut patience = super::Patience::new();
        while !OVER.load(Ordering::Relaxed) && patience.lasts() {
            let seen = CpuSet::only(sched::this_cpu()).0;
            if SEEN.fetch_or(seen, Ordering::Relaxed) | seen == sched::online().0 {
                OVER.store(true, Ordering::Relaxed);
            }
        }
    };
    outcome((|| {
        let threads = (0..cores).map(|_| sched::spawn("busy", busy)).collect::<Result<Vec<_>, SpawnError>>();
        join_all(threads?);
        let seen = SEEN.load(Ordering::Relaxed);
        Ok(match seen == all.0 {
            true => Outcome::Pass(why(format_args!("{cores} threads, {cores} cores"))),
            false => Outcome::Fail(why(format_args!("only the cores {seen:#b} of {:#b} ran one", all.0))),
        })
    })())
}

/// A thread that has to wait on its core behind a more urgent one goes on elsewhere, where it may and nobody else runs: also when
/// another core woke it, and when a core sleeps that it may not run on.
pub(super) fn rescue() -> Outcome {
    static VERDICT: Lock<Option<Result<Outcome, SpawnError>>> = Lock::new(None);
    let mut cores = sched::online().iter();
    let (Some(waker), Some(busy), Some(free)) = (cores.next(), cores.next(), cores.last()) else {
        return Outcome::Skip(why(format_args!("fewer than three cores take threads")));
    };
    if !sched::has_clock() {
        // Who waits for a turn is looked after at ticks.
        return Outcome::Skip(why(format_args!("no timer runs")));
    }
    outcome((|| {
        // The waker's core may not take the thread, and this one, which waits meanwhile, runs on none.
        let all = Spawn::new("waker").affinity(CpuSet::only(waker));
        all.run(move || *VERDICT.lock() = Some(rescue_from(waker, busy, free)))?.join();
        VERDICT.lock().take().unwrap_or_else(|| Ok(Outcome::Fail(why(format_args!("the waker said nothing")))))
    })())
}

/// As thread of the core `waker`: whether a thread of the cores `busy` and `free`, of which the first is kept busy, is run.
fn rescue_from(waker: usize, busy: usize, free: usize) -> Result<Outcome, SpawnError> {
    static GO: Semaphore = Semaphore::new(0);
    static WAITS: AtomicBool = AtomicBool::new(false);
    static BUSY: AtomicBool = AtomicBool::new(false);
    static OVER: AtomicBool = AtomicBool::new(false);
    static DONE: AtomicBool = AtomicBool::new(false);
    [&WAITS, &BUSY, &OVER, &DONE].into_iter().for_each(|flag| flag.store(false, Ordering::Relaxed));
    let mut patience = super::Patience::new();
    let mut wait_for = |flag: &AtomicBool| {
        while !flag.load(Ordering::Acquire) && patience.lasts() {
            sched::sleep(Duration::from_millis(1));
        }
    };
    // It begins, and so lies down, on the first of its cores.
    let either = CpuSet(CpuSet::only(busy).0 | CpuSet::only(free).0);
    let low = Spawn::new("rescued").affinity(either).priority(Priority::LOWEST).run(|| {
        WAITS.store(true, Ordering::Release);
        GO.acquire();
        DONE.store(true, Ordering::Release);
    })?;
    wait_for(&WAITS);
    let hog = Spawn::new("hog").affinity(CpuSet::only(busy)).run(|| {
        BUSY.store(true, Ordering::Release);
        spin_until(&OVER);
    });
    if hog.is_ok() {
        wait_for(&BUSY);
    }
    GO.release();
    wait_for(&DONE);
    let in_time = DONE.load(Ordering::Acquire);
    OVER.store(true, Ordering::Release);
    low.join();
    hog?.join();
    Ok(match in_time {
        true => Outcome::Pass(why(format_args!("from CPU {busy} to CPU {free}, woken by CPU {waker}"))),
        false => Outcome::Fail(why(format_args!("CPU {free} slept while a thread waited for CPU {busy}"))),
    })
}

/// There is an end to threads, and places that come back are used again.
pub(super) fn table() -> Outcome {
    let fill = || {
        let mut threads = Vec::new();
        let error = loop {
            match Spawn::new("filler").priority(Priority::LOWEST).run(|| {}) {
                Ok(thread) => threads.push(thread),
                Err(error) => break error,
            }
        };
        let count = threads.len();
        join_all(threads);
        (count, error)
    };
    let ((first, error), (second, _)) = (fill(), fill());
    // More where somebody else has ended meanwhile.
    match second >= first && first > 0 {
        true => Outcome::Pass(why(format_args!("{first} at once, then \"{error}\""))),
        false => Outcome::Fail(why(format_args!("{first} at first, then {second}: \"{error}\""))),
    }
}
