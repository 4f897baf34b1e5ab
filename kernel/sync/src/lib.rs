//! What cores and threads share memory with.
//!
//! - [`TicketLock`]: for a few hundred instructions, in order of arrival, with interrupts masked.
//! - [`Once`]: a value that the boot sets and everybody reads.
//! - [`PerCpu`]: a value for each core, reached with proof that the core can't change meanwhile: a [`Pinned`].
//! - [`WaitQueue`]: threads that wait for what a lock guards. On it stand [`Mutex`], [`Condvar`], [`Semaphore`], [`Channel`] and
//!   [`WorkQueue`].
//!
//! What that needs of the machine comes in through [`Cpu`] and [`Scheduler`], which the kernel implements once, and the tests on
//! the host's threads. The atomics come from `primitives`, where the feature `loom-tests` puts loom's models in their place:
//! the same sources are then run through all interleavings.
//!
//! The only portable package with `unsafe`: a lock is a promise that the borrow checker can't see.
#![cfg_attr(not(any(test, feature = "loom-tests")), no_std)]
#![cfg_attr(feature = "strict", deny(warnings))]

#[macro_use]
mod primitives;

mod channel;
mod condvar;
mod cpu;
mod mutex;
mod once;
mod per_cpu;
mod scheduler;
mod semaphore;
mod ticket;
mod wait;
mod work;

pub use channel::{Channel, NotSent};
pub use condvar::Condvar;
pub use cpu::{Cpu, Masked, Pinned, PreemptGuard};
pub use mutex::{Mutex, MutexGuard};
pub use once::Once;
pub use per_cpu::{Padded, PerCpu};
pub use scheduler::Scheduler;
pub use semaphore::Semaphore;
pub use ticket::{Guard, TicketLock};
pub use wait::{WaitQueue, Woken};
pub use work::{Work, WorkQueue};
