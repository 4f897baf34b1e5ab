//! Waiting, and what ends it.

use core::sync::atomic::Ordering::Relaxed;

use kernel_core::sched::ThreadId;

use crate::arch::per_cpu;

use super::balance::{choose, place};
use super::queues::{Here, OfThisCore, Queues, count, has_others, lock_here, lock_home};
use super::run::{enqueue, go, preempt_here, yield_now};
use super::table::{slot, wait};
use super::{clock, deadline};

/// Waits until [`unpark`]; not at all if that came since the last wait. May also return for no reason: the caller looks
/// whether what it waits for is there.
pub fn park() {
    wait_here(None);
}

/// The same, until the counter comes to `at` at the latest. Where no timer runs others have their turn, and it returns.
pub fn park_until(at: u64) {
    if clock::runs() {
        wait_here(Some(at));
    } else {
        yield_now();
    }
}

#[inline(always)]
fn wait_here(until: Option<u64>) {
    let mut here = lock_here();
    let me = here.current();
    let slot = slot(me);
    match slot.wait.load(Relaxed) {
        wait::NOTHING => {}
        wait::TOKEN => return slot.wait.store(wait::NOTHING, Relaxed),
        _ => {
            drop(here);
            return deadline::wait(until);
        }
    }
    slot.wait.store(wait::PARKED, Relaxed);
    wake_at(&mut here, me, until);
    leave(here, me);
}

/// The thread, which waits, waits no longer than this.
#[inline(always)]
pub(super) fn wake_at(here: &mut Queues, me: ThreadId, until: Option<u64>) {
    if let Some(at) = until {
        here.timers.insert(me, at);
        here.clock.arm(at);
    }
}

/// The thread doesn't run any more: the next one does.
#[inline(always)]
fn leave(mut here: Here, me: ThreadId) {
    count(here.masked(), -1);
    let next = here.ready.pop().unwrap_or(here.idle);
    go(here, me, next);
}

/// Ends a thread's wait, or its next one before it begins. A more urgent thread runs at once; where interrupts are masked, once
/// they aren't.
pub fn unpark(thread: ThreadId) {
    let Some((home, mut queues)) = lock_home(thread) else { return };
    let slot = slot(thread);
    let state = slot.wait.load(Relaxed);
    if state != wait::PARKED {
        if state & wait::RESERVED == 0 {
            return slot.wait.store(wait::TOKEN, Relaxed);
        }
        drop(queues);
        return deadline::unpark(thread);
    }
    slot.wait.store(wait::NOTHING, Relaxed);
    queues.timers.remove(thread);
    let target = if has_others() { choose(home, thread).unwrap_or(home) } else { home };
    if place(queues, home, target, thread) {
        preempt_here();
    }
}

/// Lets a new thread run; `None` where no core may.
pub(super) fn admit(thread: ThreadId) -> Option<()> {
    // Under the lock of who had the place before: a wake-up that was meant for that one may still be on its way.
    let (home, queues) = lock_home(thread)?;
    let target = choose(per_cpu::index(queues.masked()), thread)?;
    if place(queues, home, target, thread) {
        preempt_here();
    }
    Some(())
}

/// The thread's time has come.
pub(super) fn timed_out(here: &mut Here, thread: ThreadId) {
    let wait = &slot(thread).wait;
    let index = per_cpu::index(here.masked());
    if deadline::ON && wait.load(Relaxed) != wait::PARKED {
        wait.store(wait::RESERVED, Relaxed);
        deadline::woken(here, index, thread);
        return;
    }
    wait.store(wait::NOTHING, Relaxed);
    enqueue(here, index, thread);
}
