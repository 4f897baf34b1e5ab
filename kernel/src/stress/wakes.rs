//! Hand-overs between cores: each is counted at both ends. A wake-up that is lost leaves both standing still; one too many leaves
//! a permit or a value over.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use kernel_core::system::Totals;

use crate::sched;
use crate::sync::{Channel, Mutex, Semaphore};

use super::crowd::{Added, Crowd, Me};
use super::{Failed, failed};

/// What the increments of the shared number are called.
const MUTEX: &str = "mutex hand-overs";

/// Two cores, and what goes from the first to the second.
pub(super) struct Pair {
    permits: Arc<Permits>,
    values: Arc<Values>,
}

struct Permits {
    there: Semaphore,
    back: Semaphore,
    over: AtomicBool,
    given: AtomicU64,
    taken: AtomicU64,
}

struct Values {
    channel: Channel<u64, 4>,
    sent: AtomicU64,
    received: AtomicU64,
}

/// A number that all cores count up, one at a time.
pub(super) struct Shared(Arc<Mutex<u64>>);

/// The workers of a pair: two for permits there and back, two for values in one direction.
pub(super) fn pair(crowd: &mut Crowd, first: usize, second: usize) -> Result<Pair, Failed> {
    let permits = Arc::new(Permits {
        there: Semaphore::new(0),
        back: Semaphore::new(0),
        over: AtomicBool::new(false),
        given: AtomicU64::new(0),
        taken: AtomicU64::new(0),
    });
    let values = Arc::new(Values { channel: Channel::new(), sent: AtomicU64::new(0), received: AtomicU64::new(0) });
    let (giver, taker) = (Arc::clone(&permits), Arc::clone(&permits));
    crowd.add("wake-ups", first, move |me| giver.give(me))?;
    crowd.add("wake-ups", second, move |me| taker.take(me))?;
    let (sender, receiver) = (Arc::clone(&values), Arc::clone(&values));
    crowd.add("values", first, move |me| sender.send(me))?;
    crowd.add("values", second, move |me| receiver.receive(me))?;
    Ok(Pair { permits, values })
}

impl Pair {
    /// Once all have ended: nothing was lost, and nothing is left.
    pub(super) fn check(&self) -> Result<(), Failed> {
        let count = |number: &AtomicU64| number.load(Relaxed);
        let (given, taken) = (count(&self.permits.given), count(&self.permits.taken));
        if given != taken {
            return Err(failed(format_args!("{given} permits were given, {taken} taken")));
        }
        if self.permits.there.try_acquire() || self.permits.back.try_acquire() {
            return Err(failed(format_args!("a permit is left of {given}")));
        }
        let (sent, received) = (count(&self.values.sent), count(&self.values.received));
        if sent != received {
            return Err(failed(format_args!("{sent} values were sent, {received} received")));
        }
        Ok(())
    }
}

impl Permits {
    /// Some at a time, and as many back.
    fn give(&self, mut me: Me) {
        while me.goes_on() {
            let count = 1 + me.random.below(4);
            (0..count).for_each(|_| self.there.release());
            self.given.fetch_add(count, Relaxed);
            (0..count).for_each(|_| self.back.acquire());
            me.did(count);
        }
        self.over.store(true, Relaxed);
        self.there.release();
    }

    /// One at a time.
    fn take(&self, mut me: Me) {
        loop {
            self.there.acquire();
            // The semaphore's lock orders it after the last permit.
            if self.over.load(Relaxed) {
                return;
            }
            self.taken.fetch_add(1, Relaxed);
            me.goes_on();
            self.back.release();
            me.did(1);
        }
    }
}

impl Values {
    fn send(&self, mut me: Me) {
        let mut next = 0;
        while me.goes_on() {
            if self.channel.send(next).is_err() {
                return me.fails(format_args!("a channel closed by itself after {next} values"));
            }
            next += 1;
            me.did(1);
        }
        self.sent.store(next, Relaxed);
        self.channel.close();
    }

    fn receive(&self, mut me: Me) {
        let mut expected = 0;
        while let Some(value) = self.channel.receive() {
            if value != expected {
                return me.fails(format_args!("value {value} came instead of {expected}"));
            }
            expected += 1;
            me.goes_on();
            me.did(1);
        }
        self.received.store(expected, Relaxed);
    }
}

impl Shared {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(0)))
    }

    /// One more core that counts.
    pub(super) fn join(&self, crowd: &mut Crowd, cpu: usize) -> Added {
        let number = Arc::clone(&self.0);
        crowd.add(MUTEX, cpu, move |mut me| {
            while me.goes_on() {
                let mut number = number.lock();
                let before = *number;
                if me.random.below(4) == 0 {
                    sched::yield_now();
                }
                *number = before + 1;
                drop(number);
                me.did(1);
            }
        })
    }

    /// Nobody was in while another one was.
    pub(super) fn check(&self, totals: &Totals) -> Result<(), Failed> {
        let counted = totals.works.iter().find(|(work, _)| *work == MUTEX).map_or(0, |(_, count)| *count);
        let left = *self.0.lock();
        if left == counted {
            Ok(())
        } else {
            Err(failed(format_args!("{left} of {counted} increments under the mutex are left")))
        }
    }
}
