//! Each core's queues behind its lock, and the cores that take threads.

use core::sync::atomic::{AtomicU32, AtomicU64, Ordering::Acquire, Ordering::Relaxed};

use kernel_core::sched::{CpuSet, RunQueue, ThreadId, Timers};
use kernel_sync::Padded;

use crate::arch::per_cpu::{self, CPUS_MAX};
use crate::sync::{Guard, Lock, Masked};

use super::clock::Clock;
use super::table::slot;
use super::{THREADS, deadline};

/// What a core has to do, behind its lock.
pub(super) struct Queues {
    /// Who could run. The one that does isn't in it, nor is the idle thread.
    pub(super) ready: RunQueue<THREADS>,
    pub(super) timers: Timers<THREADS>,
    pub(super) clock: Clock,
    /// Threads with a reservation; `None` until there is one.
    pub(super) reserved: deadline::Place,
    /// Who runs when nobody is ready.
    pub(super) idle: ThreadId,
    /// The thread that was just switched away from and never comes back.
    pub(super) gone: Option<ThreadId>,
}

/// A core, as its per-CPU block and others find it.
pub struct Cpu {
    pub(super) queues: Lock<Queues>,
    /// Threads that run or are ready, the idle one not counted. Changed under the lock, read without.
    pub(super) load: AtomicU32,
}

/// The lock of the calling core, held.
pub(super) type Here = Guard<'static, Queues>;

/// By number; a core finds its own through its per-CPU block.
pub static CPUS: [Padded<Cpu>; CPUS_MAX] = [const { Padded::new(Cpu::new()) }; CPUS_MAX];

/// The boot core, which never leaves.
pub(super) const BOOT: usize = 0;
/// The cores that take threads. A core's bit is changed under its lock.
static ONLINE: AtomicU64 = AtomicU64::new(0);

/// The calling core takes threads from now on, and does `idle` when there are none.
pub(super) fn open(mut here: Here, idle: ThreadId) {
    here.idle = idle;
    here.clock = Clock::new();
    let index = per_cpu::index(here.masked());
    for thread in [ThreadId(per_cpu::current(here.masked())), idle] {
        slot(thread).home.store(index as u8, Relaxed);
    }
    ONLINE.fetch_or(CpuSet::only(index).0, Relaxed);
}

/// The core numbered `index`, whose lock the caller has, takes no more threads.
#[cfg(preset_feature = "cpu-hotplug")]
pub(super) fn close(index: usize) {
    ONLINE.fetch_and(!CpuSet::only(index).0, Relaxed);
}

/// The calling core, which had left, takes threads again.
#[cfg(preset_feature = "cpu-hotplug")]
pub fn come_back() {
    let here = lock_here();
    let idle = here.idle;
    open(here, idle);
}

/// The idle thread that the calling core had when it ran before.
pub(super) fn earlier_idle() -> Option<ThreadId> {
    let idle = lock_here().idle;
    // The first thread of all is no idle one.
    (idle != ThreadId(0)).then_some(idle)
}

/// The calling core's lock, held.
#[inline(always)]
pub(super) fn lock_here() -> Here {
    let masked = Masked::new();
    lock_of_this_core(&masked).lock_masked(masked)
}

#[inline(always)]
pub(super) fn lock_of_this_core(masked: &Masked) -> &'static Lock<Queues> {
    &per_cpu::scheduler(masked).queues
}

/// The lock of the core numbered `index`, held.
pub(super) fn lock_of(index: usize) -> Option<Here> {
    cpu(index).map(|cpu| cpu.queues.lock())
}

/// The lock of a thread's home, held, and which core that is.
#[inline(always)]
pub(super) fn lock_home(thread: ThreadId) -> Option<(usize, Guard<'static, Queues>)> {
    loop {
        let home = slot(thread).home.load(Relaxed);
        let queues = cpu(home.into())?.queues.lock();
        // It may have moved while this waited. Acquires: what it moved here with wasn't done under this lock.
        if slot(thread).home.load(Acquire) == home {
            return Some((home.into(), queues));
        }
    }
}

/// The cores that take threads.
pub fn online() -> CpuSet {
    CpuSet(ONLINE.load(Relaxed))
}

/// Whether more than one core takes threads.
#[inline(always)]
pub(super) fn has_others() -> bool {
    let online = ONLINE.load(Relaxed);
    online & online.wrapping_sub(1) != 0
}

pub(super) fn load(index: usize) -> u32 {
    cpu(index).map_or(0, |cpu| cpu.load.load(Relaxed))
}

/// Changes the load of the calling core, whose lock is held.
#[inline(always)]
pub(super) fn count(masked: &Masked, change: i32) {
    let load = &per_cpu::scheduler(masked).load;
    load.store(load.load(Relaxed).wrapping_add_signed(change), Relaxed);
}

#[inline(always)]
pub(super) fn cpu(index: usize) -> Option<&'static Cpu> {
    CPUS.get(index).map(Padded::get)
}

impl Queues {
    const fn new() -> Self {
        let (ready, timers, clock) = (RunQueue::new(), Timers::new(), Clock::new());
        Self { ready, timers, clock, reserved: None, idle: ThreadId(0), gone: None }
    }

    #[inline(always)]
    pub(super) fn take_gone(&mut self) -> Option<ThreadId> {
        self.gone.take()
    }
}

impl Cpu {
    const fn new() -> Self {
        Self { queues: Lock::new(Queues::new()), load: AtomicU32::new(0) }
    }
}

/// What only the core's own lock can answer.
pub(super) trait OfThisCore {
    /// Who runs on it.
    fn current(&self) -> ThreadId;
}

impl OfThisCore for Here {
    #[inline(always)]
    fn current(&self) -> ThreadId {
        ThreadId(per_cpu::current(self.masked()))
    }
}
