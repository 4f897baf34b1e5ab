//! The portable half of the kernel: what needs no instruction set and no device.
//!
//! - [`deadline`]: servers with a reserved share of a CPU, for the deterministic scheduler.
//! - [`editor`]: a line editor for a serial terminal.
//! - [`frames`]: physical memory, handed out in runs of frames.
//! - [`log`]: the boot log, an overwriting ring that a panic can still read.
//! - [`report`]: what commands, files and the boot itself tell.
//! - [`ram`]: what RAM there is once what others own is taken away.
//! - [`sched`]: which thread is next, on which core.
//! - [`shell`]: the commands, as data.
//! - [`vfs`]: files by path, `/proc` among them.
//! - [`text`]: tables, units and JSON that they write.
//! - [`system`]: what all that needs of the kernel.
//!
//! No allocation, no unsafe: the same code runs in the kernel and in the host's tests.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(feature = "strict", deny(warnings))]

pub mod deadline;
pub mod editor;
pub mod errno;
pub mod frames;
pub mod log;
pub mod ram;
pub mod report;
pub mod sched;
pub mod shell;
pub mod system;
pub mod text;
pub mod vfs;
