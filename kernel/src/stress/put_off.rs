//! Work that is put off by all cores and done by one thread: once for each time that it was put off.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};

use kernel_core::sched::Priority;
use kernel_sync::Work;

use crate::sync::WorkQueue;

use super::crowd::{Added, Crowd, Me, Place};
use super::{CPUS, Failed, failed};

static QUEUE: WorkQueue = WorkQueue::new();
/// A core's piece of work, by the core's place among those that take part.
static PIECES: [Work; CPUS] = [
    Work::new(done::<0>),
    Work::new(done::<1>),
    Work::new(done::<2>),
    Work::new(done::<3>),
    Work::new(done::<4>),
    Work::new(done::<5>),
];
/// How often each was done.
static DONE: [AtomicU64; CPUS] = [const { AtomicU64::new(0) }; CPUS];
/// The last piece of all.
static LAST: Work = Work::new(|| OVER.store(true, Relaxed));
static OVER: AtomicBool = AtomicBool::new(false);

fn done<const PLACE: usize>() {
    DONE.get(PLACE).into_iter().for_each(|done| _ = done.fetch_add(1, Relaxed));
}

/// How often each was put off.
pub(super) struct Put {
    counts: [AtomicU64; CPUS],
    /// Who still puts work off.
    left: AtomicUsize,
}

/// A worker on each core who puts work off, and one anywhere who does it.
pub(super) fn start(crowd: &mut Crowd) -> Result<Arc<Put>, Failed> {
    OVER.store(false, Relaxed);
    DONE.iter().for_each(|done| done.store(0, Relaxed));
    let cpus = crowd.cpus().to_vec();
    let put = Arc::new(Put { counts: [const { AtomicU64::new(0) }; CPUS], left: AtomicUsize::new(cpus.len()) });
    for (place, cpu) in cpus.into_iter().enumerate() {
        let put = Arc::clone(&put);
        crowd.add("put off", cpu, move |me| put.put_off(me, place))?;
    }
    do_work(crowd)?;
    Ok(put)
}

fn do_work(crowd: &mut Crowd) -> Added {
    crowd.add_at(Priority::DEFERRED, "deferred", Place::Anywhere, |me| {
        while !OVER.load(Relaxed) {
            QUEUE.work();
            me.did(1);
        }
    })
}

impl Put {
    fn put_off(&self, mut me: Me, place: usize) {
        while me.goes_on() {
            let (Some(piece), Some(count)) = (PIECES.get(place), self.counts.get(place)) else { return };
            if QUEUE.put(piece) {
                count.fetch_add(1, Relaxed);
                me.did(1);
            } else {
                me.lives();
            }
        }
        if self.left.fetch_sub(1, Relaxed) == 1 {
            QUEUE.put(&LAST);
        }
    }

    /// Once all have ended: each was done as often as it was put off.
    pub(super) fn check(&self) -> Result<(), Failed> {
        let pairs = self.counts.iter().zip(&DONE).map(|(put, done)| (put.load(Relaxed), done.load(Relaxed)));
        match pairs.into_iter().find(|(put, done)| put != done) {
            None => Ok(()),
            Some((put, done)) => Err(failed(format_args!("work was put off {put} times and done {done} times"))),
        }
    }
}
