//! The portable half of the kernel: what needs no instruction set and no device.
//!
//! - [`log`]: the boot log, an overwriting ring that a panic can still read.
//!
//! No allocation, no unsafe: the same code runs in the kernel and in the host's tests.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(feature = "strict", deny(warnings))]

pub mod log;
