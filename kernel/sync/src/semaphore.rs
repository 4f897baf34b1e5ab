//! Permits that are handed out and come back.

use core::fmt;

use crate::scheduler::Scheduler;
use crate::ticket::TicketLock;
use crate::wait::WaitQueue;

/// A number of permits. One that comes back goes to who has waited longest, and nobody overtakes.
pub struct Semaphore<S: Scheduler> {
    permits: TicketLock<Permits<S>, S>,
}

struct Permits<S: Scheduler> {
    free: usize,
    waiting: WaitQueue<S>,
}

impl<S: Scheduler> Semaphore<S> {
    const_fn! {
        /// With `free` permits to begin with.
        pub fn new(free: usize) -> Self {
            Self { permits: TicketLock::new(Permits { free, waiting: WaitQueue::new() }) }
        }
    }

    /// Takes a permit; waits for one.
    #[inline(always)]
    pub fn acquire(&self) {
        let mut permits = self.permits.lock();
        if permits.free > 0 {
            permits.free -= 1;
        } else {
            WaitQueue::wait(permits, |permits| &mut permits.waiting);
        }
    }

    /// The same, until `at` at the latest: whether it has one.
    pub fn acquire_until(&self, at: S::Instant) -> bool {
        let mut permits = self.permits.lock();
        if permits.free > 0 {
            permits.free -= 1;
            return true;
        }
        WaitQueue::wait_until(&self.permits, permits, |permits| &mut permits.waiting, at)
    }

    /// Takes a permit if there is one now.
    pub fn try_acquire(&self) -> bool {
        let mut permits = self.permits.lock();
        let any = permits.free > 0;
        permits.free -= usize::from(any);
        any
    }

    /// Gives a permit: back, or a new one. Also for interrupt handlers.
    #[inline(always)]
    pub fn release(&self) {
        let mut permits = self.permits.lock();
        match permits.waiting.take() {
            Some(woken) => {
                drop(permits);
                woken.tell();
            }
            None => permits.free += 1,
        }
    }
}

impl<S: Scheduler> fmt::Debug for Semaphore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore").finish_non_exhaustive()
    }
}
