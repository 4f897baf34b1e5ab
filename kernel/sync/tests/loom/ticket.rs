//! The ticket lock: one at a time, and what one wrote the next one sees.
//!
//! Two threads: of three, two that wait may take turns for ever, which no bound on preemptions ends.

use kernel_sync::TicketLock;
use loom::sync::Arc;
use loom::thread;

use crate::core::{Model, explore};

/// Twice, so that a ticket is drawn while another's turn is.
fn use_it(lock: &TicketLock<(u32, u32), Model>) {
    for _ in 0..2 {
        let mut value = lock.lock();
        assert_eq!(value.0, value.1, "half of an update");
        value.0 += 1;
        value.1 += 1;
    }
}

#[test]
fn who_tries_gets_it_whole_or_not_at_all() {
    explore(|| {
        let lock = Arc::new(TicketLock::new((0, 0)));
        let other = {
            let lock = lock.clone();
            thread::spawn(move || use_it(&lock))
        };
        let got = lock.try_lock().map(|mut value| {
            assert_eq!(value.0, value.1, "half of an update");
            value.0 += 1;
            value.1 += 1;
        });
        other.join().unwrap();
        let times = 2 + u32::from(got.is_some());
        assert_eq!(*lock.lock(), (times, times));
    });
}

#[test]
fn one_at_a_time_and_nothing_is_lost() {
    explore(|| {
        let lock = Arc::new(TicketLock::new((0, 0)));
        let other = {
            let lock = lock.clone();
            thread::spawn(move || use_it(&lock))
        };
        use_it(&lock);
        other.join().unwrap();
        assert_eq!(*lock.lock(), (4, 4));
    });
}
