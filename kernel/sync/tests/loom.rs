//! All interleavings of a few threads, by loom: `cargo test -p kernel-sync --features loom-tests --target host-tuple`.
//!
//! Bounded to three preemptions a run, which finds what is known to break such code; `LOOM_MAX_PREEMPTIONS=100` has
//! no bound worth the name.
#![cfg(feature = "loom-tests")]

#[path = "loom/core.rs"]
mod core;
#[path = "loom/once.rs"]
mod once;
#[path = "loom/per_cpu.rs"]
mod per_cpu;
#[path = "loom/ticket.rs"]
mod ticket;
#[path = "loom/waiting.rs"]
mod waiting;
#[path = "loom/work.rs"]
mod work;
