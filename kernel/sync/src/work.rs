//! Work that interrupt handlers put off to a thread.

use core::fmt;
use core::ptr::null_mut;

use crate::primitives::{AtomicBool, AtomicPtr, Ordering};
use crate::scheduler::Scheduler;
use crate::ticket::TicketLock;
use crate::wait::WaitQueue;

/// Something to be done, a static: putting it off needs no memory. Put off again before it was begun, it is done once.
pub struct Work {
    run: fn(),
    pending: AtomicBool,
    /// Who comes after; changed by who has the queue.
    next: AtomicPtr<Work>,
}

/// Work that waits for a thread that does it, in order.
pub struct WorkQueue<S: Scheduler> {
    state: TicketLock<State<S>, S>,
}

struct State<S: Scheduler> {
    first: Option<&'static Work>,
    last: Option<&'static Work>,
    workers: WaitQueue<S>,
}

impl Work {
    const_fn! {
        /// Work that is `run`.
        pub fn new(run: fn()) -> Self {
            Self { run, pending: AtomicBool::new(false), next: AtomicPtr::new(null_mut()) }
        }
    }
}

impl<S: Scheduler> WorkQueue<S> {
    const_fn! {
        /// Without work.
        pub fn new() -> Self {
            Self { state: TicketLock::new(State { first: None, last: None, workers: WaitQueue::new() }) }
        }
    }

    /// Has `work` done soon; false if it waits for that already, in this queue or another. Also for interrupt handlers.
    pub fn put(&self, work: &'static Work) -> bool {
        // Releases also where it was pending: the run that this call leaves it to has to see what came before.
        if work.pending.swap(true, Ordering::AcqRel) {
            return false;
        }
        let mut state = self.state.lock();
        work.next.store(null_mut(), Ordering::Relaxed);
        match state.last.replace(work) {
            Some(last) => last.next.store(core::ptr::from_ref(work).cast_mut(), Ordering::Relaxed),
            None => state.first = Some(work),
        }
        let woken = state.workers.take();
        drop(state);
        if let Some(woken) = woken {
            woken.tell();
        }
        true
    }

    /// Waits for work and does it: one piece.
    pub fn work(&self) {
        let mut state = self.state.lock();
        let work = loop {
            match state.pop() {
                Some(work) => break work,
                None => {
                    WaitQueue::wait(state, |state| &mut state.workers);
                    state = self.state.lock();
                }
            }
        };
        drop(state);
        // From here on it may be put off anew. An exchange, because a store would see nothing of who found it pending.
        work.pending.swap(false, Ordering::AcqRel);
        (work.run)();
    }
}

impl<S: Scheduler> State<S> {
    fn pop(&mut self) -> Option<&'static Work> {
        let first = self.first?;
        let next = first.next.load(Ordering::Relaxed);
        // SAFETY: only `put` writes `next`, always null or the address of a static.
        self.first = unsafe { next.as_ref() };
        if self.first.is_none() {
            self.last = None;
        }
        Some(first)
    }
}

impl<S: Scheduler> Default for WorkQueue<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work").finish_non_exhaustive()
    }
}

impl<S: Scheduler> fmt::Debug for WorkQueue<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkQueue").finish_non_exhaustive()
    }
}
