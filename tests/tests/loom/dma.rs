//! A buffer that goes to a device and comes back, with a thread as the device and fences as the barriers.
//!
//! The registers that the two talk by order nothing, as on a bus. So what makes the bytes arrive is what `drivers::dma` does when
//! ownership changes; a barrier that is left out is a race that loom finds.

use std::ops::Range;
use std::ptr::NonNull;

use drivers::dma::{Block, Caching, Coherence, Device, Direction, Memory, Reach};
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicU32, Ordering::Acquire, Ordering::Relaxed, Ordering::Release, fence};
use loom::thread;

use crate::core::explore;

/// The barriers, and nothing else of a machine: the device is coherent.
struct Barriers {
    doorbell: bool,
    completion: bool,
}

const BOTH: Barriers = Barriers { doorbell: true, completion: true };

// SAFETY: each block is an allocation of its own that is never freed, initialised and aligned to a line.
unsafe impl Memory for Barriers {
    fn allocate(&self, size: usize, _: usize, _: Range<u64>, caching: Caching) -> Option<Block> {
        let address = NonNull::from(Vec::leak(vec![0u8; size])).cast();
        // SAFETY: the bytes were leaked just now, for this block.
        Some(unsafe { Block::new(address, 0, size, caching) })
    }

    fn free(&self, _: Block) {}

    fn physical(&self, _: NonNull<u8>, _: usize) -> Option<u64> {
        None
    }

    fn granule(&self) -> usize {
        1
    }

    fn clean(&self, _: NonNull<u8>, _: usize) {}

    fn clean_and_invalidate(&self, _: NonNull<u8>, _: usize) {}

    unsafe fn invalidate(&self, _: NonNull<u8>, _: usize) {}

    fn before_doorbell(&self) {
        if self.doorbell {
            fence(Release);
        }
    }

    fn after_completion(&self) {
        if self.completion {
            fence(Acquire);
        }
    }
}

/// What CPU and device share: two registers, and the bytes, for which a cell stands that sees who touches them.
#[derive(Default)]
struct Bus {
    doorbell: AtomicU32,
    done: AtomicU32,
    bytes: UnsafeCell<u32>,
}

impl Bus {
    fn write(&self, value: u32) {
        // SAFETY: whoever calls this has the bytes; loom fails the test where the other one has them, too.
        self.bytes.with_mut(|bytes| unsafe { *bytes = value });
    }

    fn read(&self) -> u32 {
        // SAFETY: as for `write`.
        self.bytes.with(|bytes| unsafe { *bytes })
    }
}

fn until_set(register: &AtomicU32) {
    while register.load(Relaxed) == 0 {
        thread::yield_now();
    }
}

/// Doubles what it finds. A device reads memory after the doorbell rang, and says that it is done after it wrote.
fn device(bus: &Bus) {
    until_set(&bus.doorbell);
    fence(Acquire);
    bus.write(2 * bus.read());
    fence(Release);
    bus.done.store(1, Relaxed);
}

fn transfer(barriers: &Barriers) {
    let bus = Arc::new(Bus::default());
    let other = {
        let bus = bus.clone();
        thread::spawn(move || device(&bus))
    };
    let buffer = Device::new(barriers, Reach::ALL, Coherence::Coherent).buffer(4, 4).unwrap();
    bus.write(21);
    let given = buffer.give(Direction::Both);
    bus.doorbell.store(1, Relaxed);
    until_set(&bus.done);
    let _buffer = given.take();
    assert_eq!(bus.read(), 42);
    other.join().unwrap();
}

#[test]
fn bytes_belong_to_one_at_a_time() {
    explore(|| transfer(&BOTH));
}

#[test]
#[should_panic(expected = "Causality violation")]
fn the_doorbells_barrier_is_needed() {
    explore(|| transfer(&Barriers { doorbell: false, ..BOTH }));
}

#[test]
#[should_panic(expected = "Causality violation")]
fn the_completions_barrier_is_needed() {
    explore(|| transfer(&Barriers { completion: false, ..BOTH }));
}
