//! The harness: boots an image in QEMU, talks to its shell and keeps what it said.
//!
//! - [`Machine`] is what QEMU shows the guest: CPUs, memory, exception level.
//! - [`Handover`] is how the image and its tree get there: QEMU's own boot protocol, or a [`Raw`] one that hands
//!   over any bytes as the tree and puts the image at any address.
//! - [`Guest`] is a running machine: [`Guest::run`] types a command and gives back exactly its output.
//! - [`LiveTree`] edits a tree, to hand over one that is wrong in exactly one place.
//! - [`mismatch`] makes trees in which one fact is wrong, and holds check and kernel to the verdict on it.
//! - [`ask`] asks a tree and a ledger everything there is to ask.
//! - [`memory`] reads and writes a guest's memory while it runs.
//! - [`monitor`] takes things out of a guest's machine while it runs.
//! - [`mutate`] breaks blobs at random, the same way for the same seed.
//! - [`stub`] stops a guest through QEMU's gdb stub and puts its core where it should never be.
//! - [`Failure`] says what went wrong, with the end of the transcript.
//!
//! Silence is failure: a guest that prints nothing for [`Patience::silence`] while a test waits for it has failed. The
//! whole transcript of every guest stays in `target/transcripts/`.
#![forbid(unsafe_code)]
#![cfg_attr(feature = "strict", deny(warnings))]

pub mod ask;
mod failure;
mod guest;
mod handover;
mod hypervisor;
pub mod image;
mod machine;
pub mod memory;
pub mod mismatch;
pub mod monitor;
pub mod mutate;
pub mod paths;
mod serial;
pub mod stub;
mod tree;

pub use failure::{Cause, Failure};
pub use guest::{Guest, PROMPT, Patience, Reply};
pub use handover::{Handover, Raw};
pub use hypervisor::Keeps;
pub use image::Image;
pub use machine::{EntryLevel, Gic, Machine, QEMU};
pub use tree::LiveTree;
