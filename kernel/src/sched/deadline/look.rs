//! Reservations as the shell and the measurements see them.

use kernel_core::deadline::{Jitter, Server, State};
use kernel_core::sched::{Priority, ThreadId};
use kernel_core::system::{Lateness, Reserved, ReservedCore};

use crate::arch::counter;

use super::super::queues::{self, OfThisCore as _};
use super::super::table::{SpawnError, name_of, slot};
use super::{ON, SERVERS, admit, of, one};

/// The nth thread with a reservation.
pub fn reserved(index: usize) -> Option<Reserved> {
    let all = queues::online().iter().flat_map(|cpu| (0..SERVERS).map(move |place| (cpu, place)));
    all.filter_map(|(cpu, place)| at(cpu, place)).nth(index)
}

fn at(cpu: usize, place: usize) -> Option<Reserved> {
    let mut queues = queues::lock_of(cpu)?;
    let reserved = one(&mut queues.reserved)?;
    let (id, thread) = reserved.threads[place]?;
    // Up to now, where it is the one that runs.
    reserved.charge(counter::now());
    let server = *reserved.servers.get(id)?;
    drop(queues);
    Some(Reserved {
        number: thread.0,
        name: name_of(thread)?,
        cpu,
        reservation: server.reservation(),
        left: server.remaining(),
        overrun: server.overrun(),
        state: server.state(),
    })
}

/// Whether the thread, whose home is the core numbered `cpu`, has a reservation and goes on at its next release.
pub fn waits_for_release(cpu: usize, thread: ThreadId) -> bool {
    if !ON || slot(thread).priority() != Priority::RESERVED {
        return false;
    }
    let Some(mut queues) = queues::lock_of(cpu) else { return false };
    let Some((reserved, id)) = of(&mut queues, thread) else { return false };
    reserved.servers.get(id).is_some_and(|server| server.state() == State::Depleted)
}

/// The nth core that somebody has reserved time of.
pub fn core(index: usize) -> Option<ReservedCore> {
    queues::online().iter().filter_map(at_core).nth(index)
}

fn at_core(cpu: usize) -> Option<ReservedCore> {
    let mut queues = queues::lock_of(cpu)?;
    let now = counter::now();
    let reserved = one(&mut queues.reserved)?;
    let account = reserved.servers.admission(now);
    Some(ReservedCore {
        cpu,
        charged_ppm: account.charged_ppm(),
        bound_ppm: account.bound_ppm(),
        interrupts: reserved.jitter.samples(),
        late: summary(&reserved.jitter),
    })
}

fn summary(jitter: &Jitter) -> Option<Lateness> {
    Some(Lateness { p50: jitter.percentile(50)?, p99: jitter.percentile(99)?, max: jitter.max()? })
}

/// From now on the core numbered `cpu` counts anew how late its timer interrupts.
pub fn begin_jitter(cpu: usize) -> Result<(), SpawnError> {
    if !ON {
        return Err(SpawnError::NoDeadlines);
    }
    if let Some(reserved) = one(&mut admit::open(cpu)?.reserved) {
        reserved.jitter = Jitter::new();
    }
    Ok(())
}

/// How late the timer of the core numbered `cpu` interrupted since it counts; `None` where it doesn't, or there was none.
pub fn lateness(cpu: usize) -> Option<Lateness> {
    summary(&one(&mut queues::lock_of(cpu)?.reserved)?.jitter)
}

/// Whether nobody who is ready on its core has an earlier deadline than the calling thread, which has a reservation.
pub fn is_earliest() -> bool {
    let mut here = queues::lock_here();
    let me = here.current();
    let Some((reserved, id)) = of(&mut here, me) else { return false };
    let servers = &reserved.servers;
    let mine = servers.get(id).map_or(0, Server::deadline);
    let mut ready = servers.ids().filter_map(|id| servers.get(id)).filter(|server| server.state() == State::Ready);
    ready.all(|server| server.deadline() >= mine)
}
