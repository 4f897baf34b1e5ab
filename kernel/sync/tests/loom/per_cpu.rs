//! Per-CPU values: each core adds to its own without an exchange, and whoever adds them up loses nothing.

use kernel_sync::{Padded, PerCpu, PreemptGuard};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use loom::thread;

use crate::core::{Model, explore};

type Counters = PerCpu<AtomicU32, Model, 2>;

/// A load and a store: enough where only one core writes.
fn count(counters: &Counters, core: usize) {
    Model::be(core);
    for _ in 0..2 {
        let here = PreemptGuard::new();
        counters.with_local(&here, |counter| counter.store(counter.load(Relaxed) + 1, Relaxed));
    }
}

fn sum(counters: &Counters) -> u32 {
    let mut sum = 0;
    counters.for_each_cpu(|_, counter| sum += counter.load(Relaxed));
    sum
}

#[test]
fn each_core_counts_apart() {
    explore(|| {
        let counters: Arc<Counters> = Arc::new(PerCpu::new([0; 2].map(|zero| Padded::new(AtomicU32::new(zero)))));
        let other = {
            let counters = counters.clone();
            thread::spawn(move || count(&counters, 1))
        };
        count(&counters, 0);
        let early = sum(&counters);
        assert!((2..=4).contains(&early), "{early}");
        other.join().unwrap();
        assert_eq!(sum(&counters), 4);
    });
}
