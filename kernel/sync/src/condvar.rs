//! Waiting until something behind a mutex has changed.

use core::fmt;

use crate::mutex::MutexGuard;
use crate::scheduler::Scheduler;
use crate::ticket::TicketLock;
use crate::wait::{Place, WaitQueue};

/// Threads that wait for a change of what a mutex guards.
pub struct Condvar<S: Scheduler> {
    waiting: TicketLock<WaitQueue<S>, S>,
}

impl<S: Scheduler> Condvar<S> {
    const_fn! {
        /// Nobody waits.
        pub fn new() -> Self {
            Self { waiting: TicketLock::new(WaitQueue::new()) }
        }
    }

    /// Gives the mutex back and waits, both in one step for whoever changes something and then notifies; returns with the mutex
    /// again. What was waited for may be gone again by then.
    pub fn wait<'m, T>(&self, guard: MutexGuard<'m, T, S>) -> MutexGuard<'m, T, S> {
        let mutex = guard.mutex();
        let mut waiting = self.waiting.lock();
        let place = Place::new(S::current(&waiting));
        // SAFETY: the place stays on this stack past `block` below, which returns once `take` has taken it out.
        unsafe { waiting.push(&place) };
        drop(waiting);
        drop(guard);
        place.block();
        mutex.lock()
    }

    /// Waits while `condition` holds.
    pub fn wait_while<'m, T>(
        &self,
        mut guard: MutexGuard<'m, T, S>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> MutexGuard<'m, T, S> {
        while condition(&mut guard) {
            guard = self.wait(guard);
        }
        guard
    }

    /// Lets the one go on that has waited longest, if any does.
    pub fn notify_one(&self) {
        let woken = self.waiting.lock().take();
        if let Some(woken) = woken {
            woken.tell();
        }
    }

    /// Lets all go on that wait now.
    pub fn notify_all(&self) {
        let mut all = core::mem::take(&mut *self.waiting.lock());
        while let Some(woken) = all.take() {
            woken.tell();
        }
    }
}

impl<S: Scheduler> Default for Condvar<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Scheduler> fmt::Debug for Condvar<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condvar").finish_non_exhaustive()
    }
}
