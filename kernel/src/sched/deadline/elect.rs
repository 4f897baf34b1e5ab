//! The election: who of a core's servers is first, whenever that may have changed.

use kernel_core::sched::{Priority, ThreadId};

use crate::arch::{counter, per_cpu};

use super::super::queues::{self, Here, OfThisCore, Queues};
use super::super::run;
use super::super::table::slot;
use super::{one, trust};

/// The timer interrupt that was due at `due` came at `now`; one that nothing was due for counts for nothing.
#[cold]
pub(in crate::sched) fn ticked(here: &mut Here, due: Option<u64>, now: u64) {
    let Some(reserved) = one(&mut here.reserved) else { return };
    if let Some(late) = due.and_then(|due| now.checked_sub(due)) {
        reserved.jitter.record(late);
    }
    // Else there is no server, or none that time alone changes.
    if reserved.next != 0 {
        is_due(here, now);
    }
}

/// When a core's timer has to interrupt for its servers' sake; 0: never.
pub(in crate::sched) fn next(queues: &Queues) -> u64 {
    queues.reserved.as_deref().map_or(0, |[reserved]| reserved.next)
}

/// Another core woke a server's thread here, or wants this one to look at its timer.
#[cold]
pub(in crate::sched) fn kicked(here: &mut Here) {
    let now = counter::now();
    trust::is_silent(here, now);
    is_due(here, now);
}

/// Nobody is ready here: if the timer is silent, nobody will be.
#[cold]
pub(in crate::sched) fn idles(here: &mut Queues) {
    trust::is_silent(here, counter::now());
}

/// What a server's thread does that may have to give way: it does unless it is first.
#[cold]
pub(in crate::sched) fn give_way() {
    let here = queues::lock_here();
    let me = here.current();
    go_on(here, me);
}

/// Goes on with the elected thread, or with one that reserved nothing; at once where that is this one, `me`.
pub(super) fn go_on(mut here: Here, me: ThreadId) {
    let elected = here.reserved.as_deref().and_then(|[reserved]| reserved.elected);
    if elected.is_none_or(|(_, thread)| thread != me) {
        let next = here.ready.pop().unwrap_or(here.idle);
        run::go(here, me, next);
    }
}

/// Finds out who is first from now on; whether that is somebody else than who runs, who gives way as soon as it may.
pub(super) fn is_due(here: &mut Here, now: u64) -> bool {
    let current = here.current();
    let first = elect(here, now);
    let changes = first != Some(current) && (first.is_some() || slot(current).priority() == Priority::RESERVED);
    // The idle thread looks by itself.
    let due = changes && current != here.idle;
    if due {
        per_cpu::set_preemption_due(here.masked());
    }
    due
}

/// Finds out who is first from now on, and sets the timer to when that may change.
///
/// A core's load counts who runs or is in its run queue: of all servers' threads the elected one.
pub(super) fn elect(here: &mut Here, now: u64) -> Option<ThreadId> {
    let current = here.current();
    let queues: &mut Queues = here;
    let reserved = one(&mut queues.reserved)?;
    reserved.charge(now);
    let pick = reserved.servers.pick(now);
    let elected = pick.server.and_then(|id| reserved.threads[id.place()]);
    let before = core::mem::replace(&mut reserved.elected, elected).map(|(_, thread)| thread);
    let first = elected.map(|(_, thread)| thread);
    let next = if pick.until == u64::MAX { 0 } else { pick.until };
    reserved.next = next;
    if before != first {
        // Who runs isn't in the queue.
        if let Some(before) = before.filter(|thread| *thread != current) {
            queues.ready.remove(before, Priority::RESERVED);
        }
        if let Some(first) = first.filter(|thread| *thread != current) {
            queues.ready.push_back(first, Priority::RESERVED);
        }
    }
    if next != 0 {
        queues.clock.arm(next);
    }
    queues::count(here.masked(), i32::from(first.is_some()) - i32::from(before.is_some()));
    first
}
