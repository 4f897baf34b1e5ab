//! The thread that does what interrupt handlers put off: what takes long, waits, or has something to say.

use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use kernel_core::sched::Priority;
use kernel_sync::Work;

use crate::sched::{Spawn, SpawnError};
use crate::sync::WorkQueue;

static QUEUE: WorkQueue = WorkQueue::new();
static RUNS: AtomicBool = AtomicBool::new(false);

/// Starts the thread, unless it runs: for each driver that will put work off.
pub fn start() -> Result<(), SpawnError> {
    // One core starts devices.
    if RUNS.load(Relaxed) {
        return Ok(());
    }
    let worker = Spawn::new("worker").priority(Priority::DEFERRED);
    let started = worker.run(|| {
        loop {
            QUEUE.work();
        }
    });
    // Nobody waits for its end.
    started.map(drop)?;
    RUNS.store(true, Relaxed);
    Ok(())
}

/// Has `work` done soon, and once, however often it is put off until then.
pub fn put_off(work: &'static Work) {
    QUEUE.put(work);
}
