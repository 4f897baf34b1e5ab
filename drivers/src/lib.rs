//! One module per IP block, over registers generated from the bindings in `schemas/devices/`.
//!
//! - [`mmio`]: who owns a register window and how it is accessed; the fake that replaces it in tests.
//! - [`dma`]: memory that a device reads and writes: who owns it, whether it is in a cache, what its address is.
//! - [`registers`]: one module per binding, generated.
//! - [`Console`], [`InterruptController`] with [`CpuInterface`], [`Rtc`]: what the kernel sees of a driver.
//! - [`pl011`], [`gicv2`], [`gicv3`], [`timer`], [`pl031`]: the drivers.
//!
//! [`verify`] takes an interrupt controller through its steps at boot; [`virtio_blk`] knows what disks are asked and answer.
//!
//! A driver takes its windows by value, knows no address and no board, and waits by a bounded count, never by a
//! clock of its own. Unsafe code is in [`mmio`] and [`dma`] only.
#![no_std]
#![deny(unsafe_code)]
#![cfg_attr(feature = "strict", deny(warnings))]

#[cfg(any(test, feature = "fake"))]
extern crate std;

mod console;
pub mod dma;
mod error;
mod extent;
mod gic_array;
mod gic_line;
#[cfg(test)]
mod gic_model;
pub mod gicv2;
pub mod gicv3;
mod interrupt_controller;
pub mod mmio;
pub mod pl011;
pub mod pl031;
mod rtc;
pub mod timer;
pub mod verify;
pub mod virtio_blk;

pub use console::{Console, ConsoleError};
pub use error::DriverError;
pub use interrupt_controller::{
    CpuInterface, CpuTarget, InterruptController, InterruptError, Intid, LineState, Priority, SgiTarget, Taken,
};
pub use rtc::{Rtc, RtcError};
pub use timer::TimerError;

/// Register maps: one module per binding, from `schemas/devices/` by `codegen::registers`.
pub mod registers {
    #![allow(non_snake_case, non_upper_case_globals, reason = "names are spelled as in the manuals")]
    #![allow(clippy::identity_op, reason = "an offset of 0 is written like all others")]
    include!(concat!(env!("OUT_DIR"), "/registers.rs"));
}
