//! Memory: what is mapped where, RAM, the heap.
//!
//! The high half of the address space:
//!
//! | from | what |
//! |---|---|
//! | `0xffff_0000_0000_0000` | the linear map: physical address + this; RAM that nobody else owns, and firmware's device tree |
//! | `0xffff_8000_0000_0000` | device windows: physical address + this |
//! | `0xffff_c000_0000_0000` | stacks, each with a guard below |
//! | `0xffff_e000_0000_0000` | RAM that cores share with devices that don't see their caches: physical address + this |
//! | `0xffff_ffff_8000_0000` | the image, by its sections |
//!
//! The low half is off. A valid entry never becomes another valid entry: a mapping is made once, and what is unmapped (a
//! stack that nobody needs) is forgotten by all cores before its place is used again.

mod blob;
pub mod device;
#[cfg(driver = "virtio-mmio")]
pub mod dma;
pub mod frames;
pub mod heap;
pub mod map;
pub mod ram;
mod records;
mod spin_table;
pub mod stack;
mod table;
mod walk;

pub use blob::firmware_tree;
pub use records::take_tree_records;
pub use spin_table::{ReleaseError, release};
pub use table::{MapError, leave_load_address, load_address_tables, tables_in_use};

/// A part of the address space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// Where nothing is ever mapped.
    Low,
    /// The linear map, at the place for this physical address.
    Linear(u64),
    /// The device windows, at the place for this physical address.
    Device(u64),
    /// Stacks and the image.
    High,
}

/// Which part `address` is in.
pub fn region(address: u64) -> Region {
    match address {
        0..LINEAR => Region::Low,
        LINEAR..DEVICE => Region::Linear(address - LINEAR),
        DEVICE..STACKS => Region::Device(address - DEVICE),
        STACKS.. => Region::High,
    }
}

/// Whether a read of the eight bytes at `address`, a multiple of 8 outside the device windows, is answered.
#[cfg(any(command = "selftest", command = "bench"))]
pub fn answers(address: usize) -> bool {
    let is_memory = !(DEVICE..STACKS).contains(&(address as u64)) && address.is_multiple_of(8);
    // SAFETY: what is mapped outside the device windows is memory, where a read has no side effect; the rest faults, which is
    // the answer.
    is_memory && unsafe { crate::arch::probe::read(address) }.is_some()
}

/// Start of the linear map.
const LINEAR: u64 = 0xffff_0000_0000_0000;
/// Start of the device windows.
const DEVICE: u64 = 0xffff_8000_0000_0000;
/// Start of RAM that is mapped past the caches: physical address + this.
const UNCACHED: u64 = 0xffff_e000_0000_0000;
/// First physical address that has no place there.
const UNCACHED_END: u64 = 1 << 44;
/// Start of the stacks.
const STACKS: u64 = 0xffff_c000_0000_0000;
/// First physical address that has no place in the linear map or among the device windows, where the stacks begin.
const PHYSICAL_END: u64 = 1 << 46;
/// The smallest mapping.
const PAGE: u64 = 4096;
/// What a level 2 entry maps.
const BLOCK: u64 = 2 << 20;
