//! What the kernel's operations cost; the shell's `bench` measures it. Where a counter's tick is an instruction, as in `cargo xtask
//! bench`, the figures are exact.

#[cfg(driver = "virtio-mmio")]
mod blk;
mod interrupts;
mod memory;
mod threads;

use alloc::boxed::Box;
use core::hint::black_box;

use kernel_core::system::{Bench, Measured};

use crate::arch::counter;
use crate::sync::Mutex;

/// All measurements.
pub static ALL: &[Bench] = &[
    Bench { name: "yield", run: threads::yields },
    Bench { name: "create-join", run: threads::create_and_join },
    Bench { name: "semaphore", run: threads::semaphore },
    Bench { name: "channel", run: threads::channel },
    Bench { name: "timer-wake", run: threads::timer_wake },
    Bench { name: "cross-wake", run: threads::cross_wake },
    Bench { name: "irq-entry", run: interrupts::entry },
    Bench { name: "timer-jitter-p50", run: threads::jitter_p50 },
    Bench { name: "timer-jitter-p99", run: threads::jitter_p99 },
    Bench { name: "mutex", run: mutex },
    Bench { name: "alloc-free", run: alloc_and_free },
    Bench { name: "frame", run: memory::frame },
    Bench { name: "stack", run: memory::stack },
    Bench { name: "page-fault", run: memory::page_fault },
    #[cfg(driver = "virtio-mmio")]
    Bench { name: "blk-4k", run: blk::four_kib },
    #[cfg(driver = "virtio-mmio")]
    Bench { name: "blk-128k", run: blk::a_hundred_and_twenty_eight_kib },
];

/// How often each is done.
const ROUNDS: u64 = 1000;

/// What `ROUNDS` of `operation` take.
fn each(mut operation: impl FnMut()) -> Measured {
    // Once before, so that what it needs is there.
    operation();
    let start = counter::now();
    for _ in 0..ROUNDS {
        operation();
    }
    Measured::new(counter::now() - start, ROUNDS)
}

/// A mutex that nobody else wants, taken and given back.
fn mutex() -> Result<Measured, &'static str> {
    static MUTEX: Mutex<u64> = Mutex::new(0);
    Ok(each(|| *MUTEX.lock() += 1))
}

/// 64 bytes of the heap, taken and given back.
fn alloc_and_free() -> Result<Measured, &'static str> {
    Ok(each(|| drop(black_box(Box::new([0u64; 8])))))
}
