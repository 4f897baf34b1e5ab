//! What waiting needs of whoever schedules threads.

use crate::cpu::{Cpu, Pinned};

/// Threads that can stop and be told to go on.
pub trait Scheduler: Cpu + Sized {
    /// A thread.
    type Thread: Clone + Send + Sync;

    /// A point in time.
    type Instant: Copy;

    /// The thread that calls this; `pinned` proves that the answer can be read from its core.
    fn current(pinned: &impl Pinned<Self>) -> Self::Thread;

    /// Stops the calling thread until [`Scheduler::unpark`]; not at all if that came since it stopped last. May also return for
    /// no reason.
    fn park();

    /// The same, until `at` at the latest.
    fn park_until(at: Self::Instant);

    /// Whether `at` has come.
    fn has_come(at: Self::Instant) -> bool;

    /// Lets a thread go on.
    fn unpark(thread: &Self::Thread);
}
