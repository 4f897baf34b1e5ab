//! `kernel-sync` on this architecture's cores, with this kernel's threads.

use kernel_core::sched::ThreadId;
use kernel_sync::{Pinned, Scheduler};

use crate::arch::counter;
use crate::arch::per_cpu::{self, Core};
use crate::sched;

/// A ticket lock that masks interrupts while it is held.
pub type Lock<T> = kernel_sync::TicketLock<T, Core>;
/// The right to use a [`Lock`]'s value.
pub type Guard<'l, T> = kernel_sync::Guard<'l, T, Core>;
/// Interrupts are masked until this is dropped.
pub type Masked = kernel_sync::Masked<Core>;
/// A lock to wait for asleep.
pub type Mutex<T> = kernel_sync::Mutex<T, Core>;
/// Waiting for a change of what a [`Mutex`] guards.
pub type Condvar = kernel_sync::Condvar<Core>;
/// Permits.
pub type Semaphore = kernel_sync::Semaphore<Core>;
/// At most `N` values on their way between threads.
pub type Channel<T, const N: usize> = kernel_sync::Channel<T, Core, N>;
/// Work that handlers put off.
pub type WorkQueue = kernel_sync::WorkQueue<Core>;

impl Scheduler for Core {
    type Thread = ThreadId;

    /// Of the counter.
    type Instant = u64;

    #[inline(always)]
    fn current(pinned: &impl Pinned<Self>) -> ThreadId {
        ThreadId(per_cpu::current(pinned))
    }

    #[inline(always)]
    fn park() {
        sched::park();
    }

    fn park_until(at: u64) {
        sched::park_until(at);
    }

    fn has_come(at: u64) -> bool {
        counter::now() >= at
    }

    #[inline(always)]
    fn unpark(thread: &ThreadId) {
        sched::unpark(*thread);
    }
}
