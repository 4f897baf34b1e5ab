//! What threads wait with: nothing is lost, nobody is in where somebody is, everybody is woken.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use alloc::vec::Vec;

use kernel_core::system::{Outcome, why};
use kernel_sync::{NotSent, Work};

use crate::arch::counter;
use crate::sched::{self, SpawnError, Thread};
use crate::sync::{Channel, Condvar, Mutex, Semaphore, WorkQueue};

use super::{Patience, join_all, outcome};

/// Threads of a test.
const CROWD: u32 = 4;
/// What each does.
const ROUNDS: u32 = 500;

fn crowd(work: impl Fn(u32) + Copy + Send + 'static) -> Result<Vec<Thread>, SpawnError> {
    (0..CROWD).map(|number| sched::spawn("crowd", move || work(number))).collect()
}

/// One at a time, also where whoever has it is interrupted or gives way.
pub(super) fn mutex() -> Outcome {
    static COUNT: Mutex<u32> = Mutex::new(0);
    *COUNT.lock() = 0;
    outcome((|| {
        join_all(crowd(|number| {
            for round in 0..ROUNDS {
                let mut count = COUNT.lock();
                let before = *count;
                if (round + number) % 8 == 0 {
                    sched::yield_now();
                }
                *count = before + 1;
            }
        })?);
        let count = *COUNT.lock();
        Ok(match count == CROWD * ROUNDS {
            true => Outcome::Pass(why(format_args!("{CROWD} threads, {count} times"))),
            false => Outcome::Fail(why(format_args!("{count} of {} increments are left", CROWD * ROUNDS))),
        })
    })())
}

/// A number that goes round: each waits until it is its own.
pub(super) fn condvar() -> Outcome {
    static TURN: Mutex<u32> = Mutex::new(0);
    static CHANGED: Condvar = Condvar::new();
    *TURN.lock() = 0;
    outcome((|| {
        join_all(crowd(|number| {
            for _ in 0..ROUNDS / 10 {
                let mut turn = CHANGED.wait_while(TURN.lock(), |turn| *turn % CROWD != number);
                *turn += 1;
                drop(turn);
                CHANGED.notify_all();
            }
        })?);
        let turns = *TURN.lock();
        Ok(match turns == CROWD * (ROUNDS / 10) {
            true => Outcome::Pass(why(format_args!("{turns} turns of {CROWD} threads"))),
            false => Outcome::Fail(why(format_args!("{turns} turns"))),
        })
    })())
}

/// Permits are neither lost nor made, and waiting for one has an end where that was asked.
pub(super) fn semaphore() -> Outcome {
    static PERMITS: Semaphore = Semaphore::new(0);
    static IN: AtomicU32 = AtomicU32::new(0);
    static MOST: AtomicU32 = AtomicU32::new(0);
    MOST.store(0, Ordering::Relaxed);
    outcome((|| {
        let at = counter::now() + sched::ticks(Duration::from_millis(3));
        if sched::has_clock() && (PERMITS.acquire_until(at) || counter::now() < at) {
            return Ok(Outcome::Fail(why(format_args!(
                "a wait of 3 ms ended early or with a permit that isn't there"
            ))));
        }
        PERMITS.release();
        PERMITS.release();
        join_all(crowd(|_| {
            for _ in 0..ROUNDS {
                PERMITS.acquire();
                MOST.fetch_max(IN.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                sched::yield_now();
                IN.fetch_sub(1, Ordering::Relaxed);
                PERMITS.release();
            }
        })?);
        let (most, back) = (MOST.load(Ordering::Relaxed), (0..3).filter(|_| PERMITS.try_acquire()).count());
        Ok(match (most, back) {
            (1..=2, 2) => Outcome::Pass(why(format_args!("at most {most} of {CROWD} at once"))),
            _ => Outcome::Fail(why(format_args!("{most} at once with 2 permits, of which {back} came back"))),
        })
    })())
}

/// Every value arrives once, each sender's in order, and a channel that is closed says so.
pub(super) fn channel() -> Outcome {
    static CHANNEL: Channel<(u32, u32), 3> = Channel::new();
    outcome((|| {
        let senders = crowd(|number| {
            for round in 0..ROUNDS {
                // Cannot fail: nobody closes it.
                let _ = CHANNEL.send((number, round));
            }
        })?;
        let mut next = [0; CROWD as usize];
        for _ in 0..CROWD * ROUNDS {
            let Some((number, round)) = CHANNEL.receive() else { break };
            let expected = &mut next[number as usize % next.len()];
            if round != *expected {
                return Ok(Outcome::Fail(why(format_args!("sender {number}: {round} came instead of {expected}"))));
            }
            *expected += 1;
        }
        join_all(senders);
        let full =
            (0..4).map(|round| CHANNEL.try_send((9, round))).filter(|sent| matches!(sent, Err(NotSent::Full(_))));
        let refused = full.count();
        let left = core::iter::from_fn(|| CHANNEL.try_receive()).count();
        Ok(match (refused, left) {
            (1, 3) => Outcome::Pass(why(format_args!("{} values from {CROWD} threads", CROWD * ROUNDS))),
            _ => {
                Outcome::Fail(why(format_args!("of four into room for three {refused} were refused, {left} came out")))
            }
        })
    })())
}

/// Work that is put off is done, once for however often it was put off before it began.
pub(super) fn work_queue() -> Outcome {
    static QUEUE: WorkQueue = WorkQueue::new();
    static DONE: [AtomicU32; 2] = [const { AtomicU32::new(0) }; 2];
    fn done(which: usize) {
        DONE[which].fetch_add(1, Ordering::Relaxed);
    }
    static FIRST: Work = Work::new(|| done(0));
    static SECOND: Work = Work::new(|| done(1));
    DONE.iter().for_each(|done| done.store(0, Ordering::Relaxed));
    outcome((|| {
        let put = [QUEUE.put(&FIRST), QUEUE.put(&SECOND), QUEUE.put(&FIRST)];
        let worker = sched::spawn("worker", || (0..3).for_each(|_| QUEUE.work()))?;
        // It may run on another core, and begin at any time.
        let mut patience = Patience::new();
        while DONE[0].load(Ordering::Relaxed) == 0 && patience.lasts() {
            sched::yield_now();
        }
        let again = QUEUE.put(&FIRST);
        if again {
            worker.join();
        }
        let done = [0, 1].map(|index: usize| DONE[index].load(Ordering::Relaxed));
        Ok(match (put, done, again) {
            ([true, true, false], [2, 1], true) => Outcome::Pass(why(format_args!("three pieces"))),
            _ => Outcome::Fail(why(format_args!("put {put:?}, then {again}: done {done:?}"))),
        })
    })())
}
