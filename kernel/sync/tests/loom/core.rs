//! A thread of the model as a core.

use kernel_sync::Cpu;

/// The calling thread.
#[derive(Debug)]
pub(crate) struct Model;

impl Cpu for Model {
    type Mask = ();

    fn mask() {}

    fn restore(_: ()) {}

    fn index() -> usize {
        0
    }

    fn hold_preemption() {}

    fn allow_preemption() {}

    fn relax() {
        loom::thread::yield_now();
    }
}

/// Runs `scenario` through the interleavings.
pub(crate) fn explore(scenario: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = builder.preemption_bound.or(Some(3));
    builder.check(scenario);
}
