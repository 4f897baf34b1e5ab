//! A lock that threads may keep for long, and wait for asleep.

use core::fmt;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ops::{Deref, DerefMut};

use crate::primitives::{AtomicU32, Claim, Ordering, Shared, pointer};
use crate::scheduler::Scheduler;
use crate::ticket::TicketLock;
use crate::wait::WaitQueue;

/// Nobody has it.
const FREE: u32 = 0;
/// Somebody has it, nobody waits.
const HELD: u32 = 1;
/// Somebody has it, and others wait or are about to.
const WANTED: u32 = 2;

/// A value for one thread at a time. Not for interrupt handlers, which can't wait.
///
/// Free, it is taken and given back by one exchange each. Wanted, it is handed to who has waited longest: nobody overtakes.
pub struct Mutex<T, S: Scheduler> {
    state: AtomicU32,
    waiting: TicketLock<WaitQueue<S>, S>,
    value: Shared<T>,
}

/// The right to use the value until dropped.
#[must_use = "the mutex is given back at once"]
pub struct MutexGuard<'m, T, S: Scheduler> {
    mutex: &'m Mutex<T, S>,
    claim: ManuallyDrop<Claim<T>>,
    /// Of the thread that took it.
    here: PhantomData<*const ()>,
}

// SAFETY: `state` lets one guard exist at a time, so sharing the mutex hands the value from thread to thread, which `T: Send`
// allows.
unsafe impl<T: Send, S: Scheduler> Sync for Mutex<T, S> {}
// SAFETY: a mutex that moves takes its value along, which `T: Send` allows; nobody waits for one that moves.
unsafe impl<T: Send, S: Scheduler> Send for Mutex<T, S> {}

impl<T, S: Scheduler> Mutex<T, S> {
    const_fn! {
        /// A mutex around `value`.
        pub fn new(value: T) -> Self {
            Self {
                state: AtomicU32::new(FREE),
                waiting: TicketLock::new(WaitQueue::new()),
                value: Shared::new(value),
            }
        }
    }

    /// Takes it; waits until it is there.
    #[inline(always)]
    pub fn lock(&self) -> MutexGuard<'_, T, S> {
        if self.state.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed).is_err() {
            self.wait();
        }
        self.guard()
    }

    /// Takes it if it is there now.
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T, S>> {
        let taken = self.state.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed);
        taken.is_ok().then(|| self.guard())
    }

    #[cold]
    fn wait(&self) {
        let waiting = self.waiting.lock();
        if self.state.swap(WANTED, Ordering::Acquire) != FREE {
            // Who unlocks finds this thread in the queue, as it needs the queue's lock, and hands the mutex over.
            WaitQueue::wait(waiting, |waiting| waiting);
            return;
        }
        // It was given back meanwhile. Nobody waits: it goes from one to the next while somebody does.
        self.state.store(HELD, Ordering::Relaxed);
    }

    #[cold]
    fn hand_over(&self) {
        let mut waiting = self.waiting.lock();
        match waiting.take() {
            Some(next) => {
                if waiting.is_empty() {
                    self.state.store(HELD, Ordering::Relaxed);
                }
                drop(waiting);
                next.tell();
            }
            None => self.state.store(FREE, Ordering::Release),
        }
    }

    #[inline(always)]
    fn guard(&self) -> MutexGuard<'_, T, S> {
        MutexGuard { mutex: self, claim: ManuallyDrop::new(self.value.claim()), here: PhantomData }
    }
}

impl<'m, T, S: Scheduler> MutexGuard<'m, T, S> {
    /// Whose guard it is.
    pub(crate) const fn mutex(&self) -> &'m Mutex<T, S> {
        self.mutex
    }
}

impl<T, S: Scheduler> Deref for MutexGuard<'_, T, S> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: `state` isn't free until this guard is dropped, so there is no other guard; its own mutable borrow excludes
        // this one.
        unsafe { &*pointer(&self.claim) }
    }
}

impl<T, S: Scheduler> DerefMut for MutexGuard<'_, T, S> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: `state` isn't free until this guard is dropped, so there is no other guard, and this one is borrowed
        // mutably.
        unsafe { &mut *pointer(&self.claim) }
    }
}

impl<T, S: Scheduler> Drop for MutexGuard<'_, T, S> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the guard ends here, so the claim is dropped once, and while `state` still keeps everybody else out.
        unsafe { ManuallyDrop::drop(&mut self.claim) };
        if self.mutex.state.compare_exchange(HELD, FREE, Ordering::Release, Ordering::Relaxed).is_err() {
            self.mutex.hand_over();
        }
    }
}

impl<T, S: Scheduler> fmt::Debug for Mutex<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mutex").finish_non_exhaustive()
    }
}

impl<T: fmt::Debug, S: Scheduler> fmt::Debug for MutexGuard<'_, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MutexGuard").field(&**self).finish()
    }
}
