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

/// How often somebody looks.
const LOOK: Duration = Duration::from_millis(100);
/// What there is to lose before a wake-up counts as lost: half a minute where the core runs, a minute where it may not.
const PATIENCE: u32 = 600;
/// What moves from core to core are called.
const MOVES: &str = "moves";
/// What a look costs who stands still while others on its core go on: that core runs.
const WHILE_OTHERS_GO_ON: u32 = 2;
/// What it costs where all do: an emulator's host may have no time for the core.
const WHILE_ALL_STAND: u32 = 1;

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
    moves: AtomicU64,
    failure: Lock<Option<Failed>>,
}

struct Worker {
    work: &'static str,
    place: Place,
    thread: Thread,
    progress: Arc<Progress>,
}

/// Where a worker may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// On one core.
    Cpu(usize),
    /// On all of them.
    Anywhere,
}

#[derive(Default)]
struct Progress {
    /// What was done.
    count: AtomicU64,
    /// Signs of life.
    beats: AtomicU64,
    ended: AtomicBool,
}

/// What somebody saw of a worker.
struct Seen {
    beats: u64,
    /// Since the look before.
    goes_on: bool,
    patience: u32,
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
        let shared = Shared {
            seed,
            over: AtomicBool::new(false),
            latest: AtomicU64::new(0),
            moves: AtomicU64::new(0),
            failure: Lock::new(None),
        };
        Self { shared: Arc::new(shared), cpus: cpus.collect(), workers: Vec::new() }
    }

    pub(super) fn cpus(&self) -> &[usize] {
        &self.cpus
    }

    /// One more, of normal priority, on a core.
    pub(super) fn add(&mut self, work: &'static str, cpu: usize, body: impl FnOnce(Me) + Send + 'static) -> Added {
        self.add_at(Priority::NORMAL, work, Place::Cpu(cpu), body)
    }

    /// One more; where it can't be made, those that are there are told to stop.
    pub(super) fn add_at(
        &mut self,
        priority: Priority,
        work: &'static str,
        place: Place,
        body: impl FnOnce(Me) + Send + 'static,
    ) -> Added {
        let progress = Arc::new(Progress::default());
        let random = Random::new(self.shared.seed, self.workers.len() as u64);
        let me = Me { random, shared: Arc::clone(&self.shared), progress: Arc::clone(&progress) };
        let ended = Arc::clone(&progress);
        let spawn = Spawn::new(work).priority(priority).affinity(place.affinity());
        let made = spawn.run(move || {
            body(me);
            ended.ended.store(true, Relaxed);
        });
        let thread = made.map_err(|cause| {
            self.shared.over.store(true, Relaxed);
            failed(format_args!("no thread for {work} {place}: {cause}"))
        })?;
        self.workers.push(Worker { work, place, thread, progress });
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
            add(totals, worker.work, worker.progress.count.load(Relaxed));
            worker.thread.join();
        }
        add(totals, MOVES, self.shared.moves.load(Relaxed));
        let rate = u128::from(counter::frequency().max(1));
        totals.latest_ns = (u128::from(self.shared.latest.load(Relaxed)) * 1_000_000_000 / rate) as u64;
        Ok(())
    }

    /// Until `done`, or until one who hasn't ended stands still, which is a failure.
    fn watch(&self, done: impl Fn() -> bool) {
        let mut seen: Vec<Seen> = self.workers.iter().map(Seen::new).collect();
        while !done() && self.shared.failure.lock().is_none() {
            sched::sleep(LOOK);
            self.workers.iter().zip(&mut seen).for_each(|(worker, seen)| seen.look(worker));
            let both = || self.workers.iter().zip(&seen);
            let running: Vec<Place> = both().filter(|(_, seen)| seen.goes_on).map(|(worker, _)| worker.place).collect();
            for (worker, seen) in self.workers.iter().zip(&mut seen) {
                let runs = running.contains(&worker.place);
                if seen.is_lost(worker, if runs { WHILE_OTHERS_GO_ON } else { WHILE_ALL_STAND }) {
                    let Worker { work, place, progress, .. } = worker;
                    let (count, others) =
                        (progress.count.load(Relaxed), if runs { "others go on" } else { "so do all" });
                    self.shared.fails(format_args!("{work} {place} stand still after {count}, {others} there"));
                }
            }
        }
    }
}

/// One more sum of the line of totals, or more of one that is there.
fn add(totals: &mut Totals, work: &'static str, count: u64) {
    match totals.works.iter_mut().find(|(known, _)| *known == work) {
        Some((_, sum)) => *sum += count,
        // Cannot be full: there are fewer kinds.
        None => drop(totals.works.push((work, count))),
    }
}

impl Seen {
    fn new(worker: &Worker) -> Self {
        Self { beats: worker.progress.beats.load(Relaxed), goes_on: true, patience: PATIENCE }
    }

    fn look(&mut self, worker: &Worker) {
        let beats = worker.progress.beats.load(Relaxed);
        self.goes_on = beats != self.beats;
        self.beats = beats;
    }

    /// Whether it has stood still for too long, by what this look costs.
    fn is_lost(&mut self, worker: &Worker, cost: u32) -> bool {
        let stands = !self.goes_on && !worker.progress.ended.load(Relaxed);
        self.patience = if stands { self.patience.saturating_sub(cost) } else { PATIENCE };
        self.patience == 0
    }
}

impl Place {
    fn affinity(self) -> CpuSet {
        match self {
            Self::Cpu(cpu) => CpuSet::only(cpu),
            Self::Anywhere => CpuSet::ALL,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu(cpu) => write!(f, "on CPU {cpu}"),
            Self::Anywhere => f.write_str("on any CPU"),
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
        self.lives();
    }

    /// Nothing was done, but it could have been.
    pub(super) fn lives(&self) {
        self.progress.beats.fetch_add(1, Relaxed);
    }

    /// It runs on another core than before.
    pub(super) fn moved(&self) {
        self.shared.moves.fetch_add(1, Relaxed);
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
