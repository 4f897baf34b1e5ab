//! Memory that a device reads and writes by itself.
//!
//! The words:
//! - **bus address**: what the device calls a byte. A bus' `dma-ranges` say which physical address that is, and which
//!   ones the device can name at all: its [`Reach`].
//! - **coherent**: the device sees what is in the CPUs' caches (`dma-coherent`). One that isn't sees memory behind them, so
//!   lines are written back before it reads ([`Memory::clean`]) and dropped before the CPU reads what it wrote
//!   ([`Memory::invalidate`]).
//! - **owner**: a [`Buffer`] is the CPU's. [`Buffer::give`] makes it the device's, a [`Given`], which nobody can read or
//!   write until [`Given::take`]. The types make "forgot to clean" something that can't be written down.
//! - **granule**: what a cache may write back at once, of all caches on the way to memory. It can be several lines of the
//!   first one, so memory that a device writes has whole ones: [`CacheType`].
//! - **bounce**: a [`Mapping`] of memory that the device can't reach, or that shares a granule with something else, goes
//!   through a buffer that it can.
//!
//! | access path | barrier | who has it |
//! |---|---|---|
//! | CPU writes a buffer, then rings the doorbell | `dsb st`, so that the writes are seen before the register's | [`Buffer::give`], [`Mapping`] |
//! | device says it is done, CPU reads the buffer | `dsb ld`, so that no read was done early | [`Given::take`], [`Mapping::finish`] |
//! | CPU and device poll one [`Shared`] word | `dsb st` before the store that publishes, `dsb ld` after the load that observes | [`Shared::publish`], [`Shared::observe`] |
//!
//! (DDI 0487, B2.3.12, on barriers: of the full system, because a device may be in nobody's shareability domain.)

#![allow(unsafe_code, reason = "the blocks are the kernel's memory, reached by address")]

mod buffer;
mod device;
mod lines;
mod mapping;
mod memory;
#[cfg(any(test, feature = "fake"))]
pub mod model;
mod reach;
mod shared;
#[cfg(test)]
mod tests;

pub use buffer::{Buffer, Given};
pub use device::{Coherence, Device, DmaError, Sharing};
pub use lines::CacheType;
pub use mapping::{Mapping, Way};
pub use memory::{Block, Caching, Direction, Memory};
pub use reach::{Reach, ReachWindow};
pub use shared::{OutOfBounds, Shared};
