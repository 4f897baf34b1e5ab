//! What cores and threads share memory with.
//!
//! - [`TicketLock`]: for a few hundred instructions, in order of arrival, with interrupts masked.
//! - [`Once`]: a value that the boot sets and everybody reads.
//! - [`PerCpu`]: a value for each core, reached with proof that the core can't change meanwhile: a [`Pinned`].
//!
//! What that needs of the machine comes in through [`Cpu`], which the kernel implements once and the tests on the host's
//! threads. The atomics come from `primitives`, where the feature `loom-tests` puts loom's models in their place: the same
//! sources are then run through all interleavings.
//!
//! The only portable package with `unsafe`: a lock is a promise that the borrow checker can't see.
#![cfg_attr(not(any(test, feature = "loom-tests")), no_std)]
#![cfg_attr(feature = "strict", deny(warnings))]

#[macro_use]
mod primitives;

mod cpu;
mod once;
mod per_cpu;
mod ticket;

pub use cpu::{Cpu, Masked, Pinned, PreemptGuard};
pub use once::Once;
pub use per_cpu::{Padded, PerCpu};
pub use ticket::{Guard, TicketLock};
