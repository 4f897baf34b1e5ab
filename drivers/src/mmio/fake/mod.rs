//! Buses for host tests: [`Script`] expects an exact sequence of accesses, [`Model`] behaves like a device.

mod model;
mod script;

pub use model::{Device, Model};
pub use script::{Op, Script};

/// Implements [`crate::mmio::Bus`]'s eight accesses by `self.load(offset, bytes)` and `self.store(offset, bytes, value)`.
macro_rules! accesses {
    () => {
        fn read8(&self, offset: usize) -> u8 {
            self.load(offset, 1) as u8
        }
        fn read16(&self, offset: usize) -> u16 {
            self.load(offset, 2) as u16
        }
        fn read32(&self, offset: usize) -> u32 {
            self.load(offset, 4) as u32
        }
        fn read64(&self, offset: usize) -> u64 {
            self.load(offset, 8)
        }
        fn write8(&self, offset: usize, value: u8) {
            self.store(offset, 1, value.into());
        }
        fn write16(&self, offset: usize, value: u16) {
            self.store(offset, 2, value.into());
        }
        fn write32(&self, offset: usize, value: u32) {
            self.store(offset, 4, value.into());
        }
        fn write64(&self, offset: usize, value: u64) {
            self.store(offset, 8, value);
        }
    };
}
use accesses;

#[cfg(test)]
mod tests;
