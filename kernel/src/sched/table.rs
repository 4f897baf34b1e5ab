//! The table of threads: making one, its end, and waiting for that.

use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use kernel_core::deadline::{AdmitError, Reservation};
use kernel_core::sched::{CpuSet, Priority, ThreadId};
use thiserror::Error;

use crate::arch::context::Context;
use crate::mm::stack::{self, Owner, Stack, StackError};
use crate::sync::Lock;

use super::{THREADS, deadline, park, queues, run, switch};

/// A thread's place. What the scheduler looks at stands in front.
pub(super) struct Slot {
    pub(super) context: Context,
    /// Of [`wait`]; changed under the lock of the thread's home.
    pub(super) wait: AtomicU8,
    /// Changed under the lock of the thread's home.
    priority: AtomicU8,
    /// The core in whose queues the thread is; changed under that core's lock.
    pub(super) home: AtomicU8,
    /// Cores that may run it.
    affinity: AtomicU64,
    /// It has ended and left its stack.
    gone: AtomicBool,
    about: Lock<About>,
}

/// What a thread waits for.
pub(super) mod wait {
    /// Nothing.
    pub const NOTHING: u8 = 0;
    /// Nothing, and its next wait is over before it begins.
    pub const TOKEN: u8 = 1;
    /// To be unparked, or its time.
    pub const PARKED: u8 = 2;
    /// Beside one of these: it has a reservation. It stands here so that threads without one need no look of their own.
    pub const RESERVED: u8 = 4;
}

/// What of a thread nobody needs to switch to it.
struct About {
    /// `None`: nobody has the place.
    name: Option<&'static str>,
    stack: Option<Stack>,
    /// Who joins it.
    joiner: Option<ThreadId>,
    /// Nobody will.
    detached: bool,
}

/// Places that nobody has.
struct Free {
    /// Places from here on were never used.
    fresh: u16,
    returned: heapless::Vec<u16, THREADS>,
}

static TABLE: [Slot; THREADS] = [const { Slot::new() }; THREADS];
static FREE: Lock<Free> = Lock::new(Free { fresh: 0, returned: heapless::Vec::new() });

/// Why there is no new thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SpawnError {
    /// All places are taken.
    #[error("there are {THREADS} threads already")]
    TooMany,
    /// It has nothing to run on.
    #[error(transparent)]
    Stack(#[from] StackError),
    /// No core that runs may run it.
    #[error("none of its cores runs")]
    NoCpu,
    /// Its reservation doesn't fit.
    #[error(transparent)]
    Refused(#[from] AdmitError),
    /// There is no memory for what a core's reservations need.
    #[error("no memory for reservations")]
    NoMemory,
    /// The preset leaves the feature out.
    #[error("this board's preset has no deterministic scheduler")]
    NoDeadlines,
}

/// How a thread is made.
#[derive(Debug, Clone, Copy)]
pub struct Spawn {
    /// For people.
    pub name: &'static str,
    /// How urgent it is.
    pub priority: Priority,
    /// Cores that may run it.
    pub affinity: CpuSet,
    /// Its share of a core, which it then stays on; in place of a priority.
    pub reservation: Option<Reservation>,
}

/// A thread that somebody may wait for. Dropped, it goes on by itself.
#[derive(Debug)]
pub struct Thread(ThreadId);

impl Spawn {
    /// A thread of normal priority that may run anywhere.
    pub const fn new(name: &'static str) -> Self {
        Self { name, priority: Priority::NORMAL, affinity: CpuSet::ALL, reservation: None }
    }

    /// With this priority, at most the highest of those that reserve nothing.
    pub fn priority(self, priority: Priority) -> Self {
        Self { priority: priority.min(Priority::HIGHEST), ..self }
    }

    /// With this share of a core, before all threads that reserve nothing.
    pub const fn reserving(self, reservation: Reservation) -> Self {
        Self { reservation: Some(reservation), ..self }
    }

    /// On these cores only.
    pub const fn affinity(self, affinity: CpuSet) -> Self {
        Self { affinity, ..self }
    }

    /// Makes the thread, which then does `work`.
    pub fn run<W: FnOnce() + Send + 'static>(self, work: W) -> Result<Thread, SpawnError> {
        let thread = take_place()?;
        self.begin(thread, work).map(|()| Thread(thread)).inspect_err(|_| give_back(thread))
    }

    /// Where it runs is known before `work` moves to its stack, from where an error couldn't drop it.
    fn begin<W: FnOnce() + Send + 'static>(self, thread: ThreadId, work: W) -> Result<(), SpawnError> {
        if let Some(reservation) = self.reservation {
            let cpu = deadline::admit(thread, self.name, reservation, self.affinity)?;
            self.make(thread, work).inspect_err(|_| deadline::give_back(cpu, thread))?;
            deadline::let_go(cpu, thread);
            return Ok(());
        }
        if self.affinity.and(queues::online()) == CpuSet::NONE {
            return Err(SpawnError::NoCpu);
        }
        self.make(thread, work)?;
        park::admit(thread).ok_or(SpawnError::NoCpu)
    }

    fn make<W: FnOnce() + Send + 'static>(self, thread: ThreadId, work: W) -> Result<(), SpawnError> {
        let slot = slot(thread);
        let stack = switch::prepare(&slot.context, stack::take(Owner::Thread(thread.0))?, work);
        slot.wait.store(wait::NOTHING, Ordering::Relaxed);
        slot.priority.store(self.priority.level(), Ordering::Relaxed);
        slot.affinity.store(self.affinity.0, Ordering::Relaxed);
        slot.gone.store(false, Ordering::Relaxed);
        let mut about = slot.about.lock();
        *about = About { name: Some(self.name), stack: Some(stack), joiner: None, detached: false };
        Ok(())
    }
}

/// A thread of normal priority that does `work`, anywhere.
pub fn spawn<W: FnOnce() + Send + 'static>(name: &'static str, work: W) -> Result<Thread, SpawnError> {
    Spawn::new(name).run(work)
}

impl Thread {
    /// Waits until it has ended.
    pub fn join(self) {
        let slot = slot(self.0);
        slot.about.lock().joiner = Some(run::current());
        while !slot.gone.load(Ordering::Acquire) {
            park::park();
        }
        give_back(self.0);
        core::mem::forget(self);
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        let gone = {
            let mut about = slot(self.0).about.lock();
            about.detached = true;
            slot(self.0).gone.load(Ordering::Relaxed)
        };
        if gone {
            give_back(self.0);
        }
    }
}

/// A thread that is in no queue and does `work` when it is switched to.
pub(super) fn reserve<W>(name: &'static str, priority: Priority, work: W) -> Result<ThreadId, SpawnError>
where
    W: FnOnce() + Send + 'static,
{
    let thread = take_place()?;
    let made = Spawn::new(name).priority(priority).make(thread, work);
    made.map(|()| thread).inspect_err(|_| give_back(thread))
}

/// The place of the flow of control that calls this, which has a stack of its own.
pub(super) fn adopt(name: &'static str, priority: Priority) -> Result<ThreadId, SpawnError> {
    let thread = take_place()?;
    let slot = slot(thread);
    slot.priority.store(priority.level(), Ordering::Relaxed);
    slot.affinity.store(CpuSet::ALL.0, Ordering::Relaxed);
    *slot.about.lock() = About { name: Some(name), stack: None, joiner: None, detached: true };
    Ok(thread)
}

/// `thread` has ended and left its stack for good: whoever joins it learns of it.
pub(super) fn bury(thread: ThreadId) {
    let slot = slot(thread);
    let (joiner, detached, stack) = {
        let mut about = slot.about.lock();
        // Under the lock, where a handle that is dropped looks.
        slot.gone.store(true, Ordering::Release);
        (about.joiner.take(), about.detached, about.stack.take())
    };
    drop(stack);
    if detached {
        give_back(thread);
    }
    if let Some(joiner) = joiner {
        park::unpark(joiner);
    }
}

/// What `thread` is called; `None` where there is none. For a panic too, which may have interrupted whoever holds the name.
pub fn name_of(thread: ThreadId) -> Option<&'static str> {
    if crate::machine::last_words::begun() {
        let mut name = None;
        crate::machine::last_words::force(&slot(thread).about, |about| name = about.name);
        name
    } else {
        slot(thread).about.lock().name
    }
}

/// The place of a thread.
#[inline(always)]
pub(super) fn slot(thread: ThreadId) -> &'static Slot {
    &TABLE[thread.place::<THREADS>()]
}

fn take_place() -> Result<ThreadId, SpawnError> {
    let mut free = FREE.lock();
    if let Some(returned) = free.returned.pop() {
        return Ok(ThreadId(returned));
    }
    let fresh = free.fresh;
    if usize::from(fresh) == THREADS {
        return Err(SpawnError::TooMany);
    }
    free.fresh += 1;
    Ok(ThreadId(fresh))
}

fn give_back(thread: ThreadId) {
    let mut about = slot(thread).about.lock();
    about.name = None;
    drop(about.stack.take());
    drop(about);
    // Cannot fail: each place is given back once.
    let _ = FREE.lock().returned.push(thread.0);
}

impl Slot {
    const fn new() -> Self {
        Self {
            context: Context::new(),
            wait: AtomicU8::new(wait::NOTHING),
            priority: AtomicU8::new(0),
            home: AtomicU8::new(0),
            affinity: AtomicU64::new(0),
            gone: AtomicBool::new(false),
            about: Lock::new(About { name: None, stack: None, joiner: None, detached: false }),
        }
    }

    #[inline(always)]
    pub(super) fn priority(&self) -> Priority {
        // Cannot be beyond: it was one.
        Priority::new(self.priority.load(Ordering::Relaxed) & 31).unwrap_or(Priority::LOWEST)
    }

    /// It has a reservation of the core numbered `cpu`, for good, and waits to be let go the first time. Under the lock of its
    /// home, which that core is from now on.
    pub(super) fn reserve(&self, cpu: usize) {
        self.priority.store(Priority::RESERVED.level(), Ordering::Relaxed);
        self.affinity.store(CpuSet::only(cpu).0, Ordering::Relaxed);
        self.wait.store(wait::RESERVED | wait::PARKED, Ordering::Relaxed);
        // Who finds it there finds all that, too, whichever lock that was done under.
        self.home.store(cpu as u8, Ordering::Release);
    }

    pub(super) fn is_parked(&self) -> bool {
        self.wait.load(Ordering::Relaxed) & wait::PARKED != 0
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }

    /// It may run on these cores from now on. Under the lock of its home.
    #[cfg(preset_feature = "cpu-hotplug")]
    pub(super) fn set_affinity(&self, cpus: CpuSet) {
        self.affinity.store(cpus.0, Ordering::Relaxed);
    }

    /// The number of its home.
    #[cfg(preset_feature = "cpu-hotplug")]
    pub(super) fn home(&self) -> usize {
        self.home.load(Ordering::Relaxed).into()
    }

    pub(super) fn affinity(&self) -> CpuSet {
        CpuSet(self.affinity.load(Ordering::Relaxed))
    }
}
