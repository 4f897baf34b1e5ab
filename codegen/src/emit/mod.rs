//! The last stage: what checked models turn into.
//!
//! [`tables`] is Rust for the kernel, [`registers`] Rust for the drivers, [`linker`] the linker script of an image,
//! [`qemu`] the command line that shows a board. Same model, same bytes.

pub mod linker;
pub mod qemu;
pub mod registers;
pub mod tables;
