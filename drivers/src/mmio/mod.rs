//! Register windows: who owns one, how it is accessed, in which order.
//!
//! A driver sees a [`Bus`]. On target that is an [`Mmio`], an owned window whose loads and stores come from the
//! architecture through [`Access`], or what it became by being [`Shared`]; in host tests it is one of the fakes. Generated code builds a
//! [`Register`] handle on it, which implements tock-registers' interfaces.
//!
//! # Ordering
//! Accesses through the windows of one device are made exactly as often as written, in program order, each as a single
//! load or store of the named width. The windows are mapped as Device-nGnRE, so that order is also the order
//! at the device (DDI 0487, B2.7.2). There is **no** ordering against normal memory: who hands a buffer to a
//! device by a register write needs a barrier in between.

mod bus;
#[cfg(any(test, feature = "fake"))]
pub mod fake;
mod poll;
mod register;
mod window;

pub use bus::{Bus, Offset, Width};
pub(crate) use poll::poll;
pub use register::{
    Clear, Read, ReadClear, ReadSet, ReadWrite, Register, Set, Take, TakeClear, TakeSet, TakeWrite, TooSmall, Write,
};
pub use window::{Access, Mmio, Shared, Volatile};
