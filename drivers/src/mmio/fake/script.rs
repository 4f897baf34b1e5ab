//! A bus that knows what comes next.

use core::cell::RefCell;
use std::collections::VecDeque;

use crate::mmio::Bus;

/// One expected access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// A load of so many bytes at an offset, answered with the value.
    Load(usize, usize, u64),
    /// A store of so many bytes at an offset, of the value.
    Store(usize, usize, u64),
}

impl Op {
    /// A 32-bit load.
    pub fn load32(offset: usize, value: u32) -> Self {
        Self::Load(offset, 4, value.into())
    }

    /// A 32-bit store.
    pub fn store32(offset: usize, value: u32) -> Self {
        Self::Store(offset, 4, value.into())
    }
}

/// A bus that panics on any access but the scripted ones, and when dropped before they have all been made.
#[derive(Debug)]
pub struct Script {
    expected: RefCell<VecDeque<Op>>,
    size: usize,
}

impl Script {
    /// A window of `size` bytes on which exactly `expected` happens.
    pub fn new(size: usize, expected: impl IntoIterator<Item = Op>) -> Self {
        Self { expected: RefCell::new(expected.into_iter().collect()), size }
    }

    fn next(&self) -> Option<Op> {
        self.expected.borrow_mut().pop_front()
    }

    fn load(&self, offset: usize, bytes: usize) -> u64 {
        match self.next() {
            Some(Op::Load(at, width, value)) if (at, width) == (offset, bytes) => value,
            other => panic!("load of {bytes} at {offset:#x}, expected {other:x?}"),
        }
    }

    fn store(&self, offset: usize, bytes: usize, value: u64) {
        let made = Op::Store(offset, bytes, value);
        let expected = self.next();
        assert!(expected == Some(made), "{made:x?}, expected {expected:x?}");
    }
}

impl Bus for Script {
    fn size(&self) -> usize {
        self.size
    }
    super::accesses!();
}

impl Drop for Script {
    fn drop(&mut self) {
        // A panic while another is under way would abort and hide the first.
        if !std::thread::panicking() {
            let left = self.expected.borrow();
            assert!(left.is_empty(), "accesses not made: {left:x?}");
        }
    }
}
