//! Work that is put off: a run follows every `put`, and sees what came before it, also where the work was pending already.

use kernel_sync::{Work, WorkQueue};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use loom::thread;

use crate::core::{Model, explore};

loom::lazy_static! {
    /// What a handler leaves for the work.
    static ref LEFT: AtomicU32 = AtomicU32::new(0);
    /// What the last run found.
    static ref FOUND: AtomicU32 = AtomicU32::new(0);
}

fn look() {
    FOUND.store(LEFT.load(Relaxed), Relaxed);
}

#[test]
fn what_came_before_is_seen_by_a_run() {
    explore(|| {
        let queue = Arc::new(WorkQueue::<Model>::new());
        // A static in the kernel; a model's values are made anew for each run.
        let work: &'static Work = Box::leak(Box::new(Work::new(look)));
        let handler = {
            let queue = queue.clone();
            thread::spawn(move || {
                LEFT.store(1, Relaxed);
                assert!(queue.put(work));
                LEFT.store(2, Relaxed);
                queue.put(work)
            })
        };
        queue.work();
        if handler.join().unwrap() {
            queue.work();
        }
        assert_eq!(FOUND.load(Relaxed), 2, "the last thing that was put off wasn't done");
    });
}
