//! One module per IP block, over registers generated from the bindings in `schemas/devices/`.
//!
//! - [`mmio`]: who owns a register window and how it is accessed; the fake that replaces it in tests.
#![no_std]
#![deny(unsafe_code)]
#![cfg_attr(feature = "strict", deny(warnings))]

#[cfg(any(test, feature = "fake"))]
extern crate std;

pub mod mmio;
