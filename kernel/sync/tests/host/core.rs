//! A host thread as a core.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread::{self, Thread};
use std::time::Instant;

use kernel_sync::{Cpu, Pinned, Scheduler};

/// The cores that any one test makes, at most.
pub(crate) const CORES: usize = 4;

/// The calling thread, as a core. Its number is what [`Host::be`] said last.
#[derive(Debug)]
pub(crate) struct Host;

thread_local! {
    static NUMBER: Cell<usize> = const { Cell::new(0) };
    static MASKED: Cell<bool> = const { Cell::new(false) };
    static HELD: Cell<u32> = const { Cell::new(0) };
    static WAITERS: Cell<Option<&'static AtomicUsize>> = const { Cell::new(None) };
}

impl Host {
    /// The calling thread is core `number` from now on.
    pub(crate) fn be(number: usize) {
        NUMBER.set(number);
    }

    /// The calling core adds itself to `waiters` when it waits for a lock next.
    pub(crate) fn count_among(waiters: &'static AtomicUsize) {
        WAITERS.set(Some(waiters));
    }

    pub(crate) fn is_masked() -> bool {
        MASKED.get()
    }

    pub(crate) fn held() -> u32 {
        HELD.get()
    }
}

impl Cpu for Host {
    type Mask = bool;

    fn mask() -> bool {
        MASKED.replace(true)
    }

    fn restore(mask: bool) {
        MASKED.set(mask);
    }

    fn index() -> usize {
        assert!(MASKED.get() || HELD.get() > 0, "the number may change at any time");
        NUMBER.get()
    }

    fn hold_preemption() {
        HELD.set(HELD.get() + 1);
    }

    fn allow_preemption() {
        HELD.set(HELD.get() - 1);
    }

    fn relax() {
        if let Some(waiters) = WAITERS.take() {
            waiters.fetch_add(1, Relaxed);
        }
        std::thread::yield_now();
    }
}

impl Scheduler for Host {
    type Thread = Thread;
    type Instant = Instant;

    fn current(_: &impl Pinned<Self>) -> Thread {
        thread::current()
    }

    fn park() {
        assert!(!Self::is_masked(), "it waits with a lock held");
        thread::park();
    }

    fn park_until(at: Instant) {
        assert!(!Self::is_masked(), "it waits with a lock held");
        thread::park_timeout(at.saturating_duration_since(Instant::now()));
    }

    fn has_come(at: Instant) -> bool {
        Instant::now() >= at
    }

    fn unpark(thread: &Thread) {
        thread.unpark();
    }
}
