//! The kernel image.
//!
//! - [`boot`]: all of boot on one page.
//! - [`arch`]: the instruction set: entry, page tables' format, exceptions.
//! - [`mm`]: mappings, RAM, the heap.
//! - [`machine`]: the only place where a row of the board's table becomes a device.
//! - [`log`]: the ring that everything worth keeping goes into.
//! - [`panic`]: the last words.
//! - [`sched`]: the threads.
//! - [`selftest`], [`stress`], [`bench`]: what the kernel tests and measures of itself when it is asked to.
//! - [`sync`]: what cores share memory with.
//!
//! What no board of the image wants isn't in it: the cfgs `driver`, `command` and `preset_feature` are set for what some
//! board's preset chooses (`schemas/presets.toml`), and the table of the board that runs then decides for itself.
#![no_std]
#![no_main]
#![allow(unreachable_pub, reason = "a binary has no outside: pub marks what a module offers the others")]
#![cfg_attr(feature = "strict", deny(warnings))]

extern crate alloc;

mod arch;
#[cfg(command = "bench")]
mod bench;
mod boot;
mod counts;
mod log;
mod machine;
mod mm;
mod panic;
#[cfg_attr(
    not(all(command = "selftest", command = "bench")),
    allow(dead_code, unused_imports, reason = "what only the tests and measurements of threads use")
)]
mod sched;
#[cfg(command = "selftest")]
mod selftest;
#[cfg(command = "stress")]
mod stress;
#[cfg_attr(
    not(all(command = "selftest", command = "bench")),
    allow(dead_code, unused_imports, reason = "what only the tests and measurements use so far")
)]
mod sync;
#[cfg(driver = "virtio-mmio")]
mod worker;
