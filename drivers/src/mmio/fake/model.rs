//! A device that answers.

use core::cell::{RefCell, RefMut};

use crate::mmio::Bus;

/// What a modelled device does on an access.
pub trait Device {
    /// A load of `bytes` bytes.
    fn load(&mut self, offset: usize, bytes: usize) -> u64;
    /// A store of `bytes` bytes.
    fn store(&mut self, offset: usize, bytes: usize, value: u64);
}

/// A bus with one modelled device on it.
#[derive(Debug)]
pub struct Model<D> {
    device: RefCell<D>,
    size: usize,
}

impl<D: Device> Model<D> {
    /// `device` behind a window of `size` bytes.
    pub fn new(device: D, size: usize) -> Self {
        Self { device: RefCell::new(device), size }
    }

    /// The device, to look at or to change between accesses.
    pub fn device(&self) -> RefMut<'_, D> {
        self.device.borrow_mut()
    }

    fn check(&self, offset: usize, bytes: usize) {
        assert!(offset + bytes <= self.size, "{offset:#x} is outside a window of {:#x}", self.size);
        assert!(offset.is_multiple_of(bytes), "{offset:#x} isn't aligned to {bytes}");
    }

    fn load(&self, offset: usize, bytes: usize) -> u64 {
        self.check(offset, bytes);
        self.device.borrow_mut().load(offset, bytes)
    }

    fn store(&self, offset: usize, bytes: usize, value: u64) {
        self.check(offset, bytes);
        self.device.borrow_mut().store(offset, bytes, value);
    }
}

impl<D: Device> Bus for Model<D> {
    fn size(&self) -> usize {
        self.size
    }
    super::accesses!();
}

/// A closure is a device: it gets `Some(value)` on stores and what it returns answers loads.
impl<F: FnMut(usize, Option<u64>) -> u64> Device for F {
    fn load(&mut self, offset: usize, _bytes: usize) -> u64 {
        self(offset, None)
    }

    fn store(&mut self, offset: usize, _bytes: usize, value: u64) {
        self(offset, Some(value));
    }
}
