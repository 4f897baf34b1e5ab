//! What threads wait with: no wake-up is lost, nothing is handed to two, and no place is touched once its thread went on.

use kernel_sync::{Channel, Condvar, Mutex, NotSent, Semaphore, TicketLock, WaitQueue};
use loom::sync::Arc;
use loom::thread;

use crate::core::{Model, explore};

/// Runs `one` beside `two`, over the same value.
fn beside<T, R>(value: T, one: fn(&T) -> R, two: fn(&T)) -> (Arc<T>, R)
where
    T: Send + Sync + 'static,
{
    let value = Arc::new(value);
    let other = {
        let value = value.clone();
        thread::spawn(move || two(&value))
    };
    let result = one(&value);
    other.join().unwrap();
    (value, result)
}

#[test]
fn a_wake_up_comes_before_or_after_the_look_and_is_never_lost() {
    type Door = TicketLock<(bool, WaitQueue<Model>), Model>;
    explore(|| {
        let pass = |door: &Door| {
            let mut state = door.lock();
            while !state.0 {
                WaitQueue::wait(state, |(_, queue)| queue);
                state = door.lock();
            }
        };
        let open = |door: &Door| {
            let mut state = door.lock();
            state.0 = true;
            let woken = state.1.take();
            drop(state);
            woken.into_iter().for_each(kernel_sync::Woken::tell);
        };
        let (door, ()) = beside(TicketLock::new((false, WaitQueue::new())), pass, open);
        assert!(door.lock().1.is_empty());
    });
}

#[test]
fn a_mutex_is_for_one_at_a_time_and_is_handed_on() {
    explore(|| {
        let add = |mutex: &Mutex<u32, Model>| {
            for _ in 0..2 {
                *mutex.lock() += 1;
            }
        };
        let (mutex, ()) = beside(Mutex::new(0), add, add);
        assert_eq!(*mutex.lock(), 4);
        assert!(mutex.try_lock().is_some(), "it is free in the end");
    });
}

#[test]
fn a_changed_condition_is_noticed() {
    type Box = (Mutex<bool, Model>, Condvar<Model>);
    explore(|| {
        let wait = |(full, changed): &Box| assert!(*changed.wait_while(full.lock(), |full| !*full));
        let fill = |(full, changed): &Box| {
            *full.lock() = true;
            changed.notify_one();
        };
        beside((Mutex::new(false), Condvar::new()), wait, fill);
    });
}

#[test]
fn a_permit_wakes_who_waits_for_it() {
    explore(|| {
        let (semaphore, ()) = beside(Semaphore::<Model>::new(0), Semaphore::acquire, Semaphore::release);
        assert!(!semaphore.try_acquire());
    });
}

#[test]
fn a_permit_that_comes_at_the_last_moment_is_had_or_left() {
    explore(|| {
        let acquire = |semaphore: &Semaphore<Model>| semaphore.acquire_until(());
        let (semaphore, had) = beside(Semaphore::<Model>::new(0), acquire, Semaphore::release);
        assert_ne!(semaphore.try_acquire(), had, "the permit went to nobody, or to two");
    });
}

#[test]
fn values_arrive_in_order_and_the_end_after_them() {
    type One = Channel<u32, Model, 1>;
    explore(|| {
        let receive = |channel: &One| [channel.receive(), channel.receive(), channel.receive()];
        let send = |channel: &One| {
            // The second waits for room, unless the first was received by then.
            assert_eq!((channel.send(1), channel.send(2)), (Ok(()), Ok(())));
            channel.close();
        };
        let (channel, received) = beside(One::new(), receive, send);
        assert_eq!(received, [Some(1), Some(2), None]);
        assert_eq!(channel.send(3), Err(NotSent::Closed(3)));
    });
}
