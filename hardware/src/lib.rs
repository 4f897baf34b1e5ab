//! The language that build time and run time share.
//!
//! - [`tree`]: a device tree read with its meaning.
//! - [`board`]: the tables that codegen emits and the kernel runs on.
//! - [`check`]: holds the tables against a live description of the machine and keeps the ledger.
//!
//! No allocation, no unsafe: the same code runs in codegen on the host, in the tests and in the kernel.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(feature = "strict", deny(warnings))]

#[cfg(test)]
extern crate std;

pub mod board;
pub mod check;
pub mod tree;
