//! Which core a thread goes to, and how it gets there.

use core::sync::atomic::Ordering::{Relaxed, Release};

use kernel_core::sched::{CpuSet, ThreadId, least_loaded, most_loaded};

use crate::sync::Guard;

use super::queues::{BOOT, Queues, cpu, has_others, load, online};
use super::run::enqueue;
use super::table::slot;

/// The core that is best for `thread`.
pub(super) fn choose(home: usize, thread: ThreadId) -> Option<usize> {
    least_loaded(home, slot(thread).affinity().and(online()), load)
}

/// Puts a thread that waits no more, and is in no queue, into those of the core `target`; whether it should run here at once, now
/// that no lock is held.
#[inline(always)]
pub(super) fn place(mut queues: Guard<'static, Queues>, home: usize, target: usize, thread: ThreadId) -> bool {
    if target == home { enqueue(&mut queues, home, thread) } else { send(queues, target, thread) }
}

/// The same, to another core than its home.
#[cold]
fn send(mut queues: Guard<'static, Queues>, mut target: usize, thread: ThreadId) -> bool {
    loop {
        // Who finds it there finds its wait ended, too, whichever lock that was done under.
        slot(thread).home.store(target as u8, Release);
        // Still masked: in between nobody finds the thread.
        let masked = queues.unlock();
        let Some(cpu) = cpu(target) else { return false };
        queues = cpu.queues.lock_masked(masked);
        if online().has(target) {
            return enqueue(&mut queues, target, thread);
        }
        // It has left meanwhile. A new thread that may run there alone, and came at that moment, runs on the boot core.
        target = choose(BOOT, thread).unwrap_or(BOOT);
    }
}

/// Puts a thread that waits no more, is in no queue and has the core `target` for its home into that core's queues.
#[cfg(preset_feature = "cpu-hotplug")]
pub(super) fn enqueue_at(target: usize, thread: ThreadId) {
    if let Some(cpu) = cpu(target) {
        enqueue(&mut cpu.queues.lock(), target, thread);
    }
}

/// Takes a thread that waits for its turn on a core with more to do.
pub(super) fn steal(here: usize) -> Option<ThreadId> {
    let others = CpuSet(online().0 & !CpuSet::only(here).0);
    let victim = cpu(most_loaded(others, load)?)?;
    let mut queues = victim.queues.lock();
    let thread = queues.ready.take(|thread| slot(thread).affinity().has(here))?;
    // As in `send`.
    slot(thread).home.store(here as u8, Release);
    victim.load.store(victim.load.load(Relaxed) - 1, Relaxed);
    Some(thread)
}

/// Threads wait here for their turn: a core that has nothing to do and may run one of them is told to come for it.
pub(super) fn call_for_help(here: &Queues) {
    if !has_others() {
        return;
    }
    let mut idle = online().iter().filter(|&cpu| load(cpu) == 0);
    if let Some(cpu) = idle.find(|&cpu| here.ready.any(|thread| slot(thread).affinity().has(cpu))) {
        crate::machine::irq::kick(cpu);
    }
}
