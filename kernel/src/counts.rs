//! What each core counts: relaxed, on cache lines of its own, read by whoever asks.

use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

use kernel_core::system::Count;
use kernel_sync::{Padded, PerCpu};

use crate::arch::per_cpu::{CPUS_MAX, Core};

/// One core's, by [`Count`]. Only that core changes them, and only where an interrupt can't come in between.
struct Counts([AtomicU64; Count::ALL.len()]);

static COUNTS: PerCpu<Counts, Core, CPUS_MAX> =
    PerCpu::new([const { Padded::new(Counts([const { AtomicU64::new(0) }; Count::ALL.len()])) }; CPUS_MAX]);

/// One more on this core. Interrupts are masked: `masked` is a guard that says so.
#[inline(always)]
pub fn add(masked: &crate::sync::Masked, count: Count) {
    COUNTS.with_local(masked, |counts| counts.add(count));
}

/// What the core numbered `index` has counted; `None` past the last that there can be.
pub fn of(index: usize, count: Count) -> Option<u64> {
    COUNTS.of(index).map(|counts| counts.get(count))
}

/// What all cores have counted.
pub fn sum(count: Count) -> u64 {
    let mut sum = 0;
    COUNTS.for_each_cpu(|_, counts| sum += counts.get(count));
    sum
}

impl Counts {
    #[inline(always)]
    fn add(&self, count: Count) {
        let counter = &self.0[count as usize];
        // Not fetch_add: nobody else writes it.
        counter.store(counter.load(Relaxed).wrapping_add(1), Relaxed);
    }

    fn get(&self, count: Count) -> u64 {
        self.0[count as usize].load(Relaxed)
    }
}
