//! Who runs on a core, and everything that changes it.

use core::sync::atomic::Ordering::Relaxed;

use kernel_core::sched::{CpuSet, Priority, ThreadId};
use kernel_core::system::Count;

use crate::arch::{cpu, per_cpu};
use crate::counts;
use crate::sync::{Guard, Masked};

use super::balance::steal;
use super::queues::{self, Here, OfThisCore, Queues, count, has_others, lock_here, online, open};
use super::table::{self, SpawnError, slot};
use super::{deadline, idle, switch};

/// The calling flow of control becomes the thread `name`, and this core takes threads from now on.
pub fn start(name: &'static str) -> Result<(), SpawnError> {
    let me = table::adopt(name, Priority::NORMAL)?;
    let idle = idle::prepare()?;
    let here = lock_here();
    per_cpu::set_current(here.masked(), me.0);
    count(here.masked(), 1);
    open(here, idle);
    Ok(())
}

/// The thread that calls this.
pub fn current() -> ThreadId {
    ThreadId(per_cpu::current(&Masked::new()))
}

/// The number of the core that this runs on, or did just now.
pub fn this_cpu() -> usize {
    per_cpu::index(&Masked::new())
}

/// Lets the others of this priority have their turn first.
pub fn yield_now() {
    let mut here = lock_here();
    let me = here.current();
    let mine = slot(me).priority();
    if deadline::ON && mine == Priority::RESERVED {
        drop(here);
        return deadline::give_way();
    }
    if let Some(next) = here.ready.rotate(me, mine) {
        go(here, me, next);
    }
}

/// Ends the thread that calls this.
pub(super) fn exit() -> ! {
    let mut here = lock_here();
    let me = here.current();
    here.gone = Some(me);
    if deadline::ON && slot(me).priority() == Priority::RESERVED {
        deadline::end(&mut here, me);
    } else {
        count(here.masked(), -1);
    }
    let next = here.ready.pop().unwrap_or(here.idle);
    go(here, me, next);
    unreachable!("a thread that is gone was switched to");
}

/// Puts a thread into the queues of the core numbered `index`; whether it should run here at once.
#[inline(always)]
pub(super) fn enqueue(queues: &mut Guard<'static, Queues>, index: usize, thread: ThreadId) -> bool {
    let priority = slot(thread).priority();
    if let Some(cpu) = queues::cpu(index) {
        cpu.load.store(cpu.load.load(Relaxed) + 1, Relaxed);
    }
    queues.ready.push_back(thread, priority);
    if index != per_cpu::index(queues.masked()) {
        // Also where it has to wait there: from then on that core asks those for help that have nothing to do.
        crate::machine::irq::kick(index);
        return false;
    }
    let running = ThreadId(per_cpu::current_of(index));
    // The idle thread looks by itself.
    running != queues.idle && look(queues, running, priority)
}

/// What a thread of `priority` that has become ready means to the one that runs here; whether it should give way at once.
#[inline(always)]
fn look(here: &mut Here, running: ThreadId, priority: Priority) -> bool {
    let theirs = slot(running).priority();
    if priority > theirs {
        per_cpu::set_preemption_due(here.masked());
    } else if priority == theirs || has_others() {
        here.clock.begin_turns();
    }
    priority > theirs
}

/// Another core has put a thread into this core's queues.
pub fn kicked() {
    let mut here = lock_here();
    counts::add(here.masked(), Count::Kicks);
    if deadline::ON && here.reserved.is_some() {
        deadline::kicked(&mut here);
    }
    let running = here.current();
    if let Some(highest) = here.ready.highest().filter(|_| running != here.idle) {
        look(&mut here, running, highest);
    }
}

/// What an interrupted thread does when another one is due: see `arch::context`. Interrupts are masked.
pub extern "C" fn preempt() {
    loop {
        let here = lock_here();
        if !per_cpu::take_preemption_due(here.masked()) {
            return;
        }
        give_way(here);
    }
}

/// Switches to a thread that has become due, where the caller is a thread that may be switched away from: else it happens when
/// the interrupt ends, or whatever holds it back.
pub fn preempt_here() {
    if cpu::interrupts_are_masked() {
        if !cpu::is_handling() {
            // Who lifts the mask doesn't ask what became due meanwhile: an interrupt will.
            crate::machine::irq::kick(this_cpu());
        }
        return;
    }
    if !per_cpu::preemption_due() {
        return;
    }
    let here = lock_here();
    if per_cpu::take_preemption_due(here.masked()) {
        give_way(here);
    }
}

fn give_way(mut here: Here) {
    let me = here.current();
    if me == here.idle {
        // It looks by itself, at once.
        return;
    }
    let mine = slot(me).priority();
    if deadline::ON && mine == Priority::RESERVED {
        drop(here);
        return deadline::give_way();
    }
    let next = if here.clock.take_over() {
        here.ready.rotate(me, mine)
    } else if here.ready.highest() > Some(mine) {
        here.ready.push_front(me, mine);
        here.ready.pop()
    } else {
        None
    };
    if let Some(next) = next {
        go(here, me, next);
    }
}

/// What the idle thread does: goes on with whoever is ready; when nobody is, on any core, says so with the mask still on.
pub(super) fn next_or_idle() -> Option<Masked> {
    let mut here = lock_here();
    if let Some(next) = here.ready.pop() {
        let me = here.idle;
        go(here, me, next);
        return None;
    }
    if deadline::ON && here.reserved.is_some() {
        deadline::idles(&mut here);
    }
    let index = per_cpu::index(here.masked());
    if online() == CpuSet::only(index) || !online().has(index) {
        return Some(here.unlock());
    }
    let masked = here.unlock();
    match steal(index) {
        Some(thread) => {
            let mut here = lock_here();
            enqueue(&mut here, index, thread);
            None
        }
        None => Some(masked),
    }
}

/// Goes on with `next`; returns when it is this thread's turn again.
#[inline(always)]
pub(super) fn go(mut here: Here, me: ThreadId, next: ThreadId) {
    per_cpu::set_current(here.masked(), next.0);
    here.clock.fresh = true;
    if here.ready.has_at_least(slot(next).priority()) || (!here.ready.is_empty() && has_others()) {
        here.clock.begin_turns();
    }
    switch::switch(here, me, next);
}
