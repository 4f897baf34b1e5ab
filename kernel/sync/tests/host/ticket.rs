//! The lock lets in one at a time, in order, with interrupts masked.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use kernel_sync::TicketLock;

use crate::core::{CORES, Host};

const ROUNDS: usize = if cfg!(miri) { 50 } else { 1_000 };

static COUNT: TicketLock<usize, Host> = TicketLock::new(0);

#[test]
fn no_increment_is_lost() {
    thread::scope(|scope| {
        for _ in 0..CORES {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    // Read and write apart, so that two who were in at once would lose one.
                    let before = *COUNT.lock();
                    let mut count = COUNT.lock();
                    assert!(*count >= before, "it went back");
                    let old = *count;
                    thread::yield_now();
                    *count = old + 1;
                }
            });
        }
    });
    assert_eq!(*COUNT.lock(), CORES * ROUNDS);
}

#[test]
fn interrupts_are_masked_while_it_is_held_and_then_as_before() {
    let (outer, inner) = (TicketLock::<_, Host>::new(1), TicketLock::<_, Host>::new(2));
    assert!(!Host::is_masked());
    let first = outer.lock();
    assert!(Host::is_masked());
    let second = inner.lock();
    assert_eq!((*first, *second), (1, 2));
    drop(second);
    assert!(Host::is_masked(), "the outer lock is still held");
    drop(first);
    assert!(!Host::is_masked());
}

#[test]
fn who_tries_does_not_wait() {
    let lock = TicketLock::<_, Host>::new(7);
    let held = lock.lock();
    assert!(lock.try_lock().is_none());
    drop(held);
    assert!(!Host::is_masked(), "a try that failed leaves no mask behind");
    let got = lock.try_lock().expect("nobody has it");
    assert!(Host::is_masked() && *got == 7);
    drop(got);
    assert_eq!((Host::is_masked(), *lock.lock()), (false, 7));
}

#[test]
fn who_comes_first_is_served_first() {
    static WAITERS: AtomicUsize = AtomicUsize::new(0);
    let lock = TicketLock::<_, Host>::new(Vec::new());
    let held = lock.lock();
    thread::scope(|scope| {
        for number in 0..CORES {
            let lock = &lock;
            scope.spawn(move || {
                Host::count_among(&WAITERS);
                lock.lock().push(number);
            });
            // Who waits has drawn a ticket.
            while WAITERS.load(Relaxed) <= number {
                thread::yield_now();
            }
        }
        drop(held);
    });
    assert_eq!(*lock.lock(), [0, 1, 2, 3]);
}
