//! The workers: who works, for how long, how far everybody is, and what went wrong first.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use core::time::Duration;

use kernel_core::sched::{CpuSet, Priority};
use kernel_core::system::{Totals, why};

use crate::arch::counter;
use crate::sched::{self, Spawn, Thread};
use crate::sync::Lock;

use super::random::Random;
use super::{Failed, failed};

/// How long a worker may stand still before its wake-up counts as lost; an emulator's host may be busy.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often somebody looks.
const LOOK: Duration = Duration::from_millis(100);

/// All workers.
pub(super) struct Crowd {
    shared: Arc<Shared>,
    cpus: Vec<usize>,
    workers: Vec<Worker>,
}

struct Shared {
    seed: u64,
    over: AtomicBool,
    latest: AtomicU64,
    failure: Lock<Option<Failed>>,
}

struct Worker {
    work: &'static str,
    cpu: usize,
    thread: Thread,
    progress: Arc<Progress>,
}

#[derive(Default)]
struct Progress {
    count: AtomicU64,
    ended: AtomicBool,
}

/// A worker, as its work has it.
pub(super) struct Me {
    pub(super) random: Random,
    shared: Arc<Shared>,
    progress: Arc<Progress>,
}

impl Crowd {
    /// Nobody, for these cores.
    pub(super) fn new(seed: u64, cpus: impl Iterator<Item = usize>) -> Self {
        let shared = Shared { seed, over: AtomicBool::new(false), latest: AtomicU64::new(0), failure: Lock::new(None) };
        Self { shared: Arc::new(shared), cpus: cpus.collect(), workers: Vec::new() }
    }

    pub(super) fn cpus(&self) -> &[usize] {
        &self.cpus
    }

    /// One more, of normal priority.
    pub(super) fn add(&mut self, work: &'static str, cpu: usize, body: impl FnOnce(Me) + Send + 'static) -> Added {
        self.add_at(Priority::NORMAL, work, cpu, body)
    }

    /// One more; where it can't be made, those that are there are told to stop.
    pub(super) fn add_at(
        &mut self,
        priority: Priority,
        work: &'static str,
        cpu: usize,
        body: impl FnOnce(Me) + Send + 'static,
    ) -> Added {
        let progress = Arc::new(Progress::default());
        let random = Random::new(self.shared.seed, self.workers.len() as u64);
        let me = Me { random, shared: Arc::clone(&self.shared), progress: Arc::clone(&progress) };
        let ended = Arc::clone(&progress);
        let spawn = Spawn::new(work).priority(priority).affinity(CpuSet::only(cpu));
        let made = spawn.run(move || {
            body(me);
            ended.ended.store(true, Relaxed);
        });
        let thread = made.map_err(|cause| {
            self.shared.over.store(true, Relaxed);
            failed(format_args!("no thread for {work} on CPU {cpu}: {cause}"))
        })?;
        self.workers.push(Worker { work, cpu, thread, progress });
        Ok(())
    }

    /// Lets them work; until somebody fails or stands still, at most so long.
    pub(super) fn work_for(&self, time: Duration) {
        let end = counter::now().saturating_add(sched::ticks(time));
        self.watch(|| counter::now() >= end || self.shared.over.load(Relaxed));
        self.shared.over.store(true, Relaxed);
    }

    /// Waits for all and adds up what they did.
    pub(super) fn end(self, totals: &mut Totals) -> Result<(), Failed> {
        self.watch(|| self.workers.iter().all(Worker::has_ended));
        if let Some(failure) = self.shared.failure.lock().take() {
            // Who waits for somebody that failed is left behind.
            return Err(failure);
        }
        for worker in self.workers {
            let count = worker.progress.count.load(Relaxed);
            match totals.works.iter_mut().find(|(work, _)| *work == worker.work) {
                Some((_, sum)) => *sum += count,
                // Cannot be full: there are fewer kinds.
                None => drop(totals.works.push((worker.work, count))),
            }
            worker.thread.join();
        }
        let rate = u128::from(counter::frequency().max(1));
        totals.latest_ns = (u128::from(self.shared.latest.load(Relaxed)) * 1_000_000_000 / rate) as u64;
        Ok(())
    }

    /// Until `done`, or until one who hasn't ended stands still, which is a failure.
    fn watch(&self, done: impl Fn() -> bool) {
        let mut counts: Vec<(u64, u64)> = self.workers.iter().map(|_| (0, counter::now())).collect();
        while !done() && self.shared.failure.lock().is_none() {
            sched::sleep(LOOK);
            let now = counter::now();
            for (worker, (count, since)) in self.workers.iter().zip(&mut counts) {
                let current = worker.progress.count.load(Relaxed);
                if current != *count || worker.has_ended() {
                    (*count, *since) = (current, now);
                } else if now - *since > sched::ticks(PATIENCE) {
                    let Worker { work, cpu, .. } = worker;
                    self.shared.fails(format_args!("{work} on CPU {cpu} stand still after {current}"));
                }
            }
        }
    }
}

/// Whether a worker was added.
pub(super) type Added = Result<(), Failed>;

impl Worker {
    fn has_ended(&self) -> bool {
        self.progress.ended.load(Relaxed)
    }
}

impl Shared {
    fn fails(&self, text: fmt::Arguments<'_>) {
        self.over.store(true, Relaxed);
        self.failure.lock().get_or_insert_with(|| alloc::boxed::Box::new(why(text)));
    }
}

impl Me {
    /// Whether there is time left; now and then after a rest, so that cores sleep and are woken.
    pub(super) fn goes_on(&mut self) -> bool {
        match self.random.below(8) {
            0 => sched::sleep(Duration::from_micros(self.random.below(1000))),
            1 | 2 => sched::yield_now(),
            _ => {}
        }
        !self.shared.over.load(Relaxed)
    }

    /// So much more was done.
    pub(super) fn did(&self, count: u64) {
        self.progress.count.fetch_add(count, Relaxed);
    }

    /// A time came so many ticks ago.
    pub(super) fn was_late(&self, ticks: u64) {
        self.shared.latest.fetch_max(ticks, Relaxed);
    }

    /// The end of everything.
    pub(super) fn fails(&self, text: fmt::Arguments<'_>) {
        self.shared.fails(text);
    }
}
