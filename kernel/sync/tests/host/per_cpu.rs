//! Each core has its own value, and everybody may read all.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

use kernel_sync::{Masked, Padded, PerCpu, PreemptGuard};

use crate::core::{CORES, Host};

type Counters = PerCpu<AtomicU64, Host, CORES>;

#[test]
fn cores_count_apart_and_are_read_together() {
    let counters = Counters::new([const { Padded::new(AtomicU64::new(0)) }; CORES]);
    thread::scope(|scope| {
        for core in 0..CORES {
            let counters = &counters;
            scope.spawn(move || {
                Host::be(core);
                for _ in 0..=core {
                    counters.with_local(&PreemptGuard::new(), |count| count.fetch_add(1, Relaxed));
                    counters.with_local(&Masked::new(), |count| count.fetch_add(10, Relaxed));
                }
            });
        }
    });
    let mut seen = Vec::new();
    counters.for_each_cpu(|core, count| seen.push((core, count.load(Relaxed))));
    assert_eq!(seen, [(0, 11), (1, 22), (2, 33), (3, 44)]);
    assert_eq!(counters.of(3).map(|count| count.load(Relaxed)), Some(44));
    assert!(counters.of(CORES).is_none());
}

#[test]
fn preemption_is_held_as_long_as_the_guards_live() {
    let first = PreemptGuard::<Host>::new();
    {
        let _second = PreemptGuard::<Host>::new();
        assert_eq!(Host::held(), 2);
    }
    assert_eq!(Host::held(), 1);
    drop(first);
    assert_eq!(Host::held(), 0);
}

#[test]
fn values_of_different_cores_share_no_cache_line() {
    let counters = Counters::new([const { Padded::new(AtomicU64::new(0)) }; CORES]);
    let addresses = (0..CORES).filter_map(|core| counters.of(core)).map(|count| std::ptr::from_ref(count).addr());
    let lines: std::collections::BTreeSet<usize> = addresses.map(|address| address / 64).collect();
    assert_eq!(lines.len(), CORES);
}
