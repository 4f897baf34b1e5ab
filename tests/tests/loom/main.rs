//! All interleavings of a few threads, by loom, where more than one package has a part in it.
//!
//! `cargo test -p tests --features loom-tests --test loom --target host-tuple`; `LOOM_MAX_PREEMPTIONS=100` lifts the bound.

#[path = "../../../kernel/sync/tests/loom/core.rs"]
mod core;
mod dma;
mod ring;
