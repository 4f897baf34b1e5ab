//! A thread of the model as a core, and as a thread of this kernel.

use std::cell::Cell;

use kernel_sync::{Cpu, Pinned, Scheduler};
use loom::thread::{self, Thread};

/// The calling thread.
#[derive(Debug)]
pub(crate) struct Model;

loom::thread_local! {
    static NUMBER: Cell<usize> = Cell::new(0);
}

impl Model {
    /// The calling thread is core `number` from now on.
    #[allow(dead_code, reason = "not every model counts cores")]
    pub(crate) fn be(number: usize) {
        NUMBER.with(|mine| mine.set(number));
    }
}

impl Cpu for Model {
    type Mask = ();

    fn mask() {}

    fn restore(_: ()) {}

    fn index() -> usize {
        NUMBER.with(Cell::get)
    }

    fn hold_preemption() {}

    fn allow_preemption() {}

    fn relax() {
        thread::yield_now();
    }
}

impl Scheduler for Model {
    type Thread = Thread;

    /// There is no time in a model: every point in time has come, and the other thread may still be faster.
    type Instant = ();

    fn current(_: &impl Pinned<Self>) -> Thread {
        thread::current()
    }

    fn park() {
        thread::park();
    }

    fn park_until((): ()) {
        thread::yield_now();
    }

    fn has_come((): ()) -> bool {
        true
    }

    fn unpark(thread: &Thread) {
        thread.unpark();
    }
}

/// Runs `scenario` through the interleavings.
pub(crate) fn explore(scenario: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = builder.preemption_bound.or(Some(3));
    builder.check(scenario);
}
