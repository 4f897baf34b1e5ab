//! The machine: where a row of the tables becomes a device, and the kernel's state that goes with it.

pub mod lock;

/// An interrupt came in.
pub fn interrupt() {}
