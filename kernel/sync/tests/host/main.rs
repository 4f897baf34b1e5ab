//! The package on the host's threads, each of which is a core.
#![cfg(not(feature = "loom-tests"))]

mod core;
mod once;
mod per_cpu;
mod ticket;
mod waiting;
