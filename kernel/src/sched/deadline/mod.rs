//! Threads with a reservation: they run before all others of their core, earliest deadline first, each within its budget.
//!
//! `kernel_core::deadline` has the rules; this asks it who is first, whenever a server's thread wakes, waits or ends, and when the
//! timer says that a budget is spent or comes back. The first one is *elected*: it runs, or is the only thread in the run queue
//! with `Priority::RESERVED`. All others of its kind are in no queue. Time is the elected server's from its election on. So a
//! switch knows nothing of deadlines, and what threads without a reservation do asks for none: `wait::RESERVED` sends those with
//! one another way.
//!
//! Here is what threads do about their reservation. `admit` makes one, `elect` finds out who is first, `trust` watches the timer
//! that all of it rests on, once against the second clock by `compare`; `look` shows it all. Everything is behind the lock of the core's queues.

mod admit;
mod compare;
mod elect;
mod look;
mod trust;

use alloc::boxed::Box;
use core::sync::atomic::Ordering::Relaxed;

use kernel_core::deadline::{BOUND_PPM, Jitter, Server, ServerId, Servers, TimerFault};
use kernel_core::sched::ThreadId;

use crate::arch::{counter, per_cpu};

use super::queues::{self, Here, OfThisCore, Queues};
use super::table::{slot, wait};
use super::{park, run};

use elect::{elect, go_on, is_due};

pub(super) use admit::{admit, give_back, let_go};
pub use admit::{allow, reservation};
pub(super) use elect::{give_way, idles, kicked, next, ticked};
pub use look::{begin_jitter, is_earliest, lateness};
pub(super) use look::{core, reserved, waits_for_release};
#[cfg(preset_feature = "cpu-hotplug")]
pub(super) use trust::refuge;
pub use trust::{current as timer, distrust, trust};

/// Whether there is any of this in the image.
pub(super) const ON: bool = cfg!(preset_feature = "deterministic");

/// Reservations that a core can have.
const SERVERS: usize = 16;

/// What of a core is reserved.
pub(super) struct Reserved {
    servers: Servers<SERVERS>,
    /// The servers' threads, by place.
    threads: [Option<(ServerId, ThreadId)>; SERVERS],
    /// Who is first: whose time it is that passes, since when.
    elected: Option<(ServerId, ThreadId)>,
    since: u64,
    /// When to look again; 0: never.
    next: u64,
    jitter: Jitter,
}

/// Where a core has it. On the heap, and in an array of one because that is what can be made there without a panic.
pub(super) type Place = Option<Box<[Reserved; 1]>>;

/// The calling thread is done until its server's next release. An error says that deadlines can't be kept any more; where the
/// reason is that the timer is silent it comes at once, since nothing would tell of the release.
pub fn next_period() -> Result<(), TimerFault> {
    let mut here = queues::lock_here();
    let me = here.current();
    let now = counter::now();
    if !trust::is_silent(&here, now)
        && let Some((reserved, id)) = of(&mut here, me)
    {
        reserved.charge(now);
        // Cannot have ended: its thread runs.
        let _ = reserved.servers.finish(id);
        elect(&mut here, now);
        go_on(here, me);
    } else {
        drop(here);
    }
    trust::tell();
    trust::fault().map_or(Ok(()), Err)
}

/// By when the calling thread's current budget is given; `None` without a reservation.
pub fn due() -> Option<u64> {
    let mut here = queues::lock_here();
    let me = here.current();
    let (reserved, id) = of(&mut here, me)?;
    reserved.servers.get(id).map(Server::deadline)
}

/// What is left of the calling thread's current budget; `None` without a reservation.
pub fn left() -> Option<u64> {
    let mut here = queues::lock_here();
    let me = here.current();
    let (reserved, id) = of(&mut here, me)?;
    reserved.charge(counter::now());
    reserved.servers.get(id).map(Server::remaining)
}

/// Ends the wait of a server's thread, or its next one before it begins.
#[cold]
pub(super) fn unpark(thread: ThreadId) {
    let Some((cpu, mut queues)) = queues::lock_home(thread) else { return };
    let wait = &slot(thread).wait;
    let state = wait.load(Relaxed);
    if state & wait::RESERVED == 0 {
        // It has ended since the caller looked, and the place is another's.
        return;
    }
    if state & wait::PARKED == 0 {
        return wait.store(wait::RESERVED | wait::TOKEN, Relaxed);
    }
    wait.store(wait::RESERVED, Relaxed);
    queues.timers.remove(thread);
    let urgent = woken(&mut queues, cpu, thread);
    drop(queues);
    if urgent {
        run::preempt_here();
    }
}

/// A server's thread has something to do on the core numbered `cpu`, whose queues these are; whether somebody else should run
/// here at once.
#[cold]
pub(super) fn woken(queues: &mut Here, cpu: usize, thread: ThreadId) -> bool {
    let now = counter::now();
    if let Some((reserved, id)) = of(queues, thread) {
        // Cannot have ended: its thread hasn't.
        let _ = reserved.servers.wake(id, now);
    }
    if cpu == per_cpu::index(queues.masked()) {
        return is_due(queues, now);
    }
    // Its timer is its own to set.
    crate::machine::irq::kick(cpu);
    false
}

/// What [`park::park_until`] is for a server's thread: until this, or without an end.
#[cold]
pub(super) fn wait(until: Option<u64>) {
    let mut here = queues::lock_here();
    let me = here.current();
    let wait = &slot(me).wait;
    if wait.load(Relaxed) & wait::TOKEN != 0 {
        return wait.store(wait::RESERVED, Relaxed);
    }
    wait.store(wait::RESERVED | wait::PARKED, Relaxed);
    park::wake_at(&mut here, me, until);
    let now = counter::now();
    trust::is_silent(&here, now);
    if let Some((reserved, id)) = of(&mut here, me) {
        reserved.charge(now);
        // Cannot have ended: its thread runs.
        let _ = reserved.servers.block(id);
    }
    elect(&mut here, now);
    go_on(here, me);
}

/// The server's thread, which runs, ends, and so does the server. What it reserved comes back.
#[cold]
pub(super) fn end(here: &mut Here, me: ThreadId) {
    let now = counter::now();
    if let Some((reserved, id)) = of(here, me) {
        reserved.charge(now);
        // Cannot have ended before.
        let _ = reserved.servers.end(id, now);
        reserved.threads[id.place()] = None;
    }
    elect(here, now);
}

/// Whose time is reserved of a core, also of threads that haven't run yet.
#[cfg(preset_feature = "cpu-hotplug")]
pub(super) fn threads(queues: &Queues) -> impl Iterator<Item = ThreadId> {
    let places = queues.reserved.as_deref().map_or(&[][..], |[reserved]| &reserved.threads);
    places.iter().flatten().map(|(_, thread)| *thread)
}

/// What of a core is reserved.
pub(super) fn one(place: &mut Place) -> Option<&mut Reserved> {
    place.as_deref_mut().map(|[reserved]| reserved)
}

/// The server of `thread`, which has its home here.
fn of(queues: &mut Queues, thread: ThreadId) -> Option<(&mut Reserved, ServerId)> {
    let reserved = one(&mut queues.reserved)?;
    let id = reserved.server_of(thread)?;
    Some((reserved, id))
}

impl Reserved {
    const fn new() -> Self {
        Self {
            servers: Servers::new(BOUND_PPM),
            threads: [None; SERVERS],
            elected: None,
            since: 0,
            next: 0,
            jitter: Jitter::new(),
        }
    }

    /// What has passed until `now` is the elected server's: from its election on, so that a switch needs to tell nobody.
    fn charge(&mut self, now: u64) {
        if let Some((id, _)) = self.elected {
            // One that has ended owes nothing more.
            let _ = self.servers.charge(id, now.saturating_sub(self.since));
        }
        self.since = now;
    }

    fn server_of(&self, thread: ThreadId) -> Option<ServerId> {
        self.threads.iter().flatten().find(|(_, its)| *its == thread).map(|(id, _)| *id)
    }
}
