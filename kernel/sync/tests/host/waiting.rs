//! What threads wait with, on host threads that stop and go by `park` and `unpark`.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use kernel_sync::{Channel, Condvar, Mutex, NotSent, Semaphore, WaitQueue, Work, WorkQueue};

use crate::core::{CORES, Host};

const ROUNDS: usize = if cfg!(miri) { 10 } else { 500 };

fn on_each_core(work: impl Fn(usize) + Sync) {
    thread::scope(|scope| {
        for core in 0..CORES {
            let work = &work;
            scope.spawn(move || work(core));
        }
    });
}

#[test]
fn a_mutex_loses_no_increment_and_is_handed_over() {
    let count = Mutex::<_, Host>::new(0);
    on_each_core(|core| {
        for round in 0..ROUNDS {
            let mut guard = count.lock();
            let before = *guard;
            if (round + core) % 4 == 0 {
                thread::yield_now();
            }
            *guard = before + 1;
        }
    });
    assert_eq!(*count.lock(), CORES * ROUNDS);
    let held = count.lock();
    assert!(count.try_lock().is_none());
    drop(held);
    assert!(count.try_lock().is_some());
}

#[test]
fn a_semaphore_lets_in_as_many_as_it_has_permits() {
    let (permits, inside, most) = (Semaphore::<Host>::new(2), AtomicUsize::new(0), AtomicUsize::new(0));
    on_each_core(|_| {
        for _ in 0..ROUNDS {
            permits.acquire();
            most.fetch_max(inside.fetch_add(1, Relaxed) + 1, Relaxed);
            thread::yield_now();
            inside.fetch_sub(1, Relaxed);
            permits.release();
        }
    });
    assert!((1..=2).contains(&most.load(Relaxed)), "{most:?} at once");
    assert_eq!([permits.try_acquire(), permits.try_acquire(), permits.try_acquire()], [true, true, false]);
}

#[test]
fn a_wait_with_an_end_ends_and_leaves_no_trace() {
    let permits = Semaphore::<Host>::new(0);
    let soon = || Instant::now() + Duration::from_millis(5);
    let at = soon();
    assert!(!permits.acquire_until(at) && Instant::now() >= at);
    // Between a place that gives up and one that doesn't: who gives up is taken out of the middle.
    thread::scope(|scope| {
        let patient = scope.spawn(|| permits.acquire());
        let hasty: Vec<_> = (0..2).map(|_| scope.spawn(|| permits.acquire_until(soon()))).collect();
        for hasty in hasty {
            assert!(!hasty.join().unwrap());
        }
        permits.release();
        patient.join().unwrap();
    });
    permits.release();
    assert!(permits.acquire_until(soon()));
}

#[test]
fn no_permit_is_lost_between_its_coming_and_the_end_of_a_wait() {
    let permits = Semaphore::<Host>::new(0);
    let mut got = 0;
    for _ in 0..ROUNDS.min(100) {
        thread::scope(|scope| {
            let waiter = scope.spawn(|| permits.acquire_until(Instant::now() + Duration::from_micros(200)));
            thread::sleep(Duration::from_micros(150));
            permits.release();
            got += usize::from(waiter.join().unwrap());
        });
        // In time or not: one permit in all, either taken or still there.
        let left = permits.try_acquire();
        got -= usize::from(!left);
        assert_eq!(got, 0);
        assert!(!permits.try_acquire(), "a permit too many");
    }
}

#[test]
fn a_condition_goes_round() {
    let (turn, changed) = (Mutex::<_, Host>::new(0), Condvar::<Host>::new());
    on_each_core(|core| {
        for _ in 0..ROUNDS / 10 {
            let mut guard = changed.wait_while(turn.lock(), |turn| *turn % CORES != core);
            *guard += 1;
            drop(guard);
            changed.notify_all();
        }
    });
    assert_eq!(*turn.lock(), CORES * (ROUNDS / 10));
    // Nobody waits: notifying is nothing.
    changed.notify_one();
}

#[test]
fn every_value_arrives_once_and_each_senders_in_order() {
    let channel = Channel::<(usize, usize), Host, 3>::new();
    let received = Mutex::<_, Host>::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(value) = channel.receive() {
                    received.lock().push(value);
                }
            });
        }
        on_each_core(|core| (0..ROUNDS).for_each(|round| channel.send((core, round)).expect("it is open")));
        channel.close();
    });
    let mut received = std::mem::take(&mut *received.lock());
    received.sort_unstable();
    let all: Vec<_> = (0..CORES).flat_map(|core| (0..ROUNDS).map(move |round| (core, round))).collect();
    assert_eq!(received, all);
    assert_eq!(channel.try_send((0, 0)), Err(NotSent::Closed((0, 0))));
    assert_eq!(channel.receive(), None);
}

#[test]
fn one_receiver_sees_one_sender_in_order() {
    let channel = Channel::<usize, Host, 2>::new();
    thread::scope(|scope| {
        scope.spawn(|| (0..ROUNDS).for_each(|value| channel.send(value).expect("it is open")));
        for value in 0..ROUNDS {
            assert_eq!(channel.receive(), Some(value));
        }
    });
    assert_eq!(channel.try_receive(), None);
    let sent = [0, 1, 2].map(|value| channel.try_send(value));
    assert_eq!(sent, [Ok(()), Ok(()), Err(NotSent::Full(2))]);
}

#[test]
fn values_that_nobody_takes_are_dropped_with_the_channel() {
    let value = std::sync::Arc::new(());
    let channel = Channel::<_, Host, 2>::new();
    assert!(channel.try_send(value.clone()).is_ok());
    drop(channel);
    assert_eq!(std::sync::Arc::strong_count(&value), 1);
}

#[test]
fn work_that_is_put_off_twice_is_done_once() {
    static QUEUE: WorkQueue<Host> = WorkQueue::new();
    static DONE: AtomicUsize = AtomicUsize::new(0);
    static ONE: Work = Work::new(|| drop(DONE.fetch_add(1, Relaxed).to_string()));
    static TEN: Work = Work::new(|| drop(DONE.fetch_add(10, Relaxed).to_string()));
    assert_eq!([QUEUE.put(&ONE), QUEUE.put(&TEN), QUEUE.put(&ONE)], [true, true, false]);
    QUEUE.work();
    assert_eq!(DONE.load(Relaxed), 1, "in order");
    assert!(QUEUE.put(&ONE), "what was begun can be put off anew");
    thread::scope(|scope| {
        let worker = scope.spawn(|| (0..3).for_each(|_| QUEUE.work()));
        // Both are done; the worker waits for a third, or is about to.
        while DONE.load(Relaxed) < 12 {
            thread::yield_now();
        }
        assert!(QUEUE.put(&TEN));
        worker.join().unwrap();
    });
    assert_eq!(DONE.load(Relaxed), 22);
}

#[test]
fn an_empty_queue_wakes_nobody() {
    let mut queue = WaitQueue::<Host>::new();
    assert!(queue.is_empty() && queue.take().is_none());
}
