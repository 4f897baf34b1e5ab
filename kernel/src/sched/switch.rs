//! The only unsafe steps of scheduling: a new thread's stack, and the switch.

use kernel_core::sched::ThreadId;

use crate::arch::{context, cpu};
use crate::mm::stack::Stack;

use super::queues::{self, Here};
use super::run;
use super::table::slot;

/// Makes `context` that of a thread that does `work` on `stack`, which comes back.
pub(super) fn prepare<W>(context: &context::Context, stack: Stack, work: W) -> Stack
where
    W: FnOnce() + Send + 'static,
{
    // SAFETY: a stack that can be moved is nobody's: that of a thread stands in its slot until the thread has left it. A stack
    // has 32 KiB, and its top is a multiple of 16.
    unsafe { context.prepare(stack.top(), work, begin::<W>) };
    stack
}

/// A thread's first and last instructions.
extern "C" fn begin<W: FnOnce()>(work: *mut W) -> ! {
    arrive();
    cpu::unmask_interrupts();
    // The thread before may have let go a more urgent one with interrupts masked.
    run::preempt_here();
    // SAFETY: `prepare` put the work there for this thread, which comes here once.
    let work = unsafe { work.read() };
    work();
    run::exit()
}

/// Goes on with `next` instead of the calling thread; returns when somebody goes on with that again, on whatever core. The
/// interrupt mask is then as `here` had it.
#[inline(always)]
pub(super) fn switch(here: Here, me: ThreadId, next: ThreadId) {
    let (from, to) = (&slot(me).context, &slot(next).context);
    let masked = here.leave_locked();
    // SAFETY: interrupts are masked by `masked`. `me` is the calling thread. `next` came out of this core's run queue, or is its
    // idle thread: it was prepared or has been switched away from, completely, since the lock that was held meanwhile was
    // given back; and it is in no queue, so no other core finds it.
    unsafe { context::switch(from, to) };
    arrived(masked);
}

/// What a new thread does first for the one that it was switched to from.
fn arrive() {
    // As it is here: masked.
    arrived(crate::sync::Masked::new());
}

/// Gives back the lock of this core, which the thread that ran before left locked, and buries that thread if it has ended.
#[inline(always)]
fn arrived(masked: crate::sync::Masked) {
    let lock = queues::lock_of_this_core(&masked);
    // SAFETY: whoever switched to this thread did it in `switch`, which left this core's lock locked, and this is the first thing
    // that runs since.
    let mut here = unsafe { lock.adopt(masked) };
    let gone = here.take_gone();
    drop(here);
    if let Some(gone) = gone {
        super::table::bury(gone);
    }
}
