//! The last stage: what checked models turn into.
//!
//! [`tables`] is Rust for the kernel, [`registers`] Rust for the drivers, [`linker`] the linker script of an image,
//! [`qemu`] the command line that shows a board. [`memory`] is the same table as [`tables`], to be checked on the host.
//! Same model, same bytes.

pub mod firmware;
pub mod linker;
pub mod memory;
pub mod qemu;
pub mod registers;
pub mod tables;
