//! A core that leaves: its threads go to the others, and its idle thread switches it off.

use core::sync::atomic::Ordering::{Relaxed, Release};

use kernel_core::sched::{CpuSet, ThreadId};

use crate::arch::per_cpu;

use super::queues::{self, Here, OfThisCore};
use super::table::{slot, wait};
use super::{THREADS, balance, deadline};

/// Why a core can't leave: some of the threads that may run nowhere else.
#[derive(Debug)]
pub struct Bound(pub heapless::Vec<ThreadId, 4>);

/// The calling core takes no more threads, and those that it has go to others; when the calling thread ends, the core goes
/// off. That thread may run on this core alone, and no other core leaves or comes meanwhile.
pub fn leave() -> Result<(), Bound> {
    let mut here = queues::lock_here();
    let index = per_cpu::index(here.masked());
    let rest = CpuSet(queues::online().0 & !CpuSet::only(index).0);
    let me = here.current();
    let idle = here.idle;
    // All threads that are here stand still: this one has the lock and the core.
    let those = || (0..THREADS as u16).map(ThreadId).filter(move |&it| it != me && it != idle && is_at(it, index));
    for thread in those() {
        if let Some(refuge) = deadline::refuge(thread, rest) {
            slot(thread).set_affinity(refuge);
        }
    }
    let alone = those().filter(|&it| slot(it).affinity().and(rest) == CpuSet::NONE);
    let reserved = deadline::threads(&here).filter(|&it| !is_at(it, index));
    let bound: heapless::Vec<_, 4> = alone.chain(reserved).take(4).collect();
    if !bound.is_empty() {
        return Err(Bound(bound));
    }
    queues::close(index);
    let mut ready = heapless::Vec::<_, THREADS>::new();
    for thread in those() {
        // Cannot be empty: the thread isn't bound.
        let Some(target) = balance::choose(index, thread) else { continue };
        if is_ready(&mut here, thread) {
            // Cannot fail: there is room for all.
            let _ = ready.push((thread, target));
        }
        // Behind the end of its wait, as `balance::send` does.
        slot(thread).home.store(target as u8, Release);
    }
    drop(here);
    ready.into_iter().for_each(|(thread, target)| balance::enqueue_at(target, thread));
    Ok(())
}

/// Whether a thread lives on the core numbered `index`.
fn is_at(thread: ThreadId, index: usize) -> bool {
    let slot = slot(thread);
    slot.home() == index && !slot.is_gone()
}

/// Takes a thread out of this core's queues; whether it is to be put into another's. One that waits for a time is woken: that
/// wait may be over for no reason.
fn is_ready(here: &mut Here, thread: ThreadId) -> bool {
    let slot = slot(thread);
    if slot.wait.load(Relaxed) == wait::PARKED {
        let timed = here.timers.remove(thread);
        if timed {
            slot.wait.store(wait::NOTHING, Relaxed);
        }
        return timed;
    }
    let was_ready = here.ready.remove(thread, slot.priority());
    if was_ready {
        queues::count(here.masked(), -1);
    }
    was_ready
}
