//! Times that are waited for, interrupts between cores, and threads that come and go.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use core::time::Duration;

use kernel_core::sched::{CpuSet, Priority};

use crate::arch::counter;
use crate::machine::irq;
use crate::sched::{self, Spawn, SpawnError, Thread};
use crate::sync::Semaphore;

use super::crowd::{Added, Crowd, Me, Place};

/// Threads that one worker has at once.
const CHILDREN: u64 = 3;

/// The workers of a core.
pub(super) fn start(crowd: &mut Crowd, cpu: usize) -> Added {
    let all = crowd.cpus().to_vec();
    let others: Vec<usize> = all.iter().copied().filter(|other| *other != cpu).collect();
    crowd.add_at(Priority::DEFERRED, "timers", Place::Cpu(cpu), timers)?;
    if !others.is_empty() {
        crowd.add("kicks", cpu, move |me| kicks(me, &others))?;
    }
    crowd.add("threads", cpu, move |me| threads(me, &all))
}

/// Never early; by a sleep and by a wait that nobody ends, in turn.
fn timers(mut me: Me) {
    let never = Semaphore::new(0);
    let mut sleeps = false;
    while me.goes_on() {
        let at = counter::now() + sched::ticks(Duration::from_micros(20 + me.random.below(3000)));
        sleeps = !sleeps;
        if sleeps {
            sched::sleep_until(at);
        } else if never.acquire_until(at) {
            return me.fails(format_args!("a permit came that nobody gave"));
        }
        let now = counter::now();
        if now < at {
            return me.fails(format_args!("a time came {} ticks early", at - now));
        }
        me.was_late(now - at);
        me.did(1);
    }
}

/// Interrupts without anything to do.
fn kicks(mut me: Me, others: &[usize]) {
    while me.goes_on() {
        let choice = me.random.below(others.len() as u64) as usize;
        others.get(choice).copied().into_iter().for_each(irq::kick);
        me.did(1);
    }
}

/// Made here, run anywhere or on some core, joined here.
fn threads(mut me: Me, cpus: &[usize]) {
    while me.goes_on() {
        let done = Arc::new(AtomicU64::new(0));
        let count = 1 + me.random.below(CHILDREN);
        let children: Result<Vec<Thread>, SpawnError> = (0..count).map(|_| child(&mut me, cpus, &done)).collect();
        match children {
            Ok(children) => children.into_iter().for_each(Thread::join),
            Err(cause) => return me.fails(format_args!("no thread: {cause}")),
        }
        if done.load(Relaxed) != count {
            return me.fails(format_args!("{count} threads ended, {} did their work", done.load(Relaxed)));
        }
        me.did(count);
    }
}

fn child(me: &mut Me, cpus: &[usize], done: &Arc<AtomicU64>) -> Result<Thread, SpawnError> {
    let done = Arc::clone(done);
    let choice = me.random.below(cpus.len() as u64 + 1) as usize;
    let affinity = cpus.get(choice).map_or(CpuSet::ALL, |&cpu| CpuSet::only(cpu));
    let rests = me.random.below(2) == 0;
    Spawn::new("child").affinity(affinity).run(move || {
        if rests {
            sched::yield_now();
        }
        done.fetch_add(1, Relaxed);
    })
}
