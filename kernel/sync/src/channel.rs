//! Values from some threads to others, in order.

use core::fmt;

use crate::scheduler::Scheduler;
use crate::ticket::TicketLock;
use crate::wait::{WaitQueue, Woken};

/// At most `N` values on their way, from any number of senders to any number of receivers.
pub struct Channel<T, S: Scheduler, const N: usize> {
    state: TicketLock<State<T, S, N>, S>,
}

struct State<T, S: Scheduler, const N: usize> {
    values: [Option<T>; N],
    /// Index of the oldest.
    first: usize,
    count: usize,
    closed: bool,
    senders: WaitQueue<S>,
    /// Somebody waits here only while there is no value: a value is handed over without a stop.
    receivers: WaitQueue<S, T>,
}

/// Why a value wasn't sent; here it is again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSent<T> {
    /// There is no room now.
    Full(T),
    /// Nobody receives any more.
    Closed(T),
}

impl<T, S: Scheduler, const N: usize> Channel<T, S, N> {
    const_fn! {
        /// An open channel without values.
        pub fn new() -> Self {
            const { assert!(N > 0, "a channel without room") };
            Self {
                state: TicketLock::new(State {
                    values: [const { None }; N],
                    first: 0,
                    count: 0,
                    closed: false,
                    senders: WaitQueue::new(),
                    receivers: WaitQueue::new(),
                }),
            }
        }
    }

    /// Sends a value; waits for room. Only [`NotSent::Closed`] comes back.
    #[inline(always)]
    pub fn send(&self, mut value: T) -> Result<(), NotSent<T>> {
        let mut state = self.state.lock();
        // Nobody waits for a value while the channel has one, or once it is closed.
        match state.receivers.hand(value) {
            Ok(woken) => {
                drop(state);
                woken.tell();
                return Ok(());
            }
            Err(back) => value = back,
        }
        loop {
            if state.closed {
                return Err(NotSent::Closed(value));
            }
            if state.count < N {
                break;
            }
            WaitQueue::wait(state, |state| &mut state.senders);
            state = self.state.lock();
        }
        let woken = state.put(value);
        drop(state);
        tell(woken);
        Ok(())
    }

    /// Sends a value if there is room now. Also for interrupt handlers.
    pub fn try_send(&self, value: T) -> Result<(), NotSent<T>> {
        let mut state = self.state.lock();
        if state.closed {
            return Err(NotSent::Closed(value));
        }
        if state.count == N {
            return Err(NotSent::Full(value));
        }
        let woken = state.put(value);
        drop(state);
        tell(woken);
        Ok(())
    }

    /// The oldest value; waits for one. `None` once the channel is closed and empty.
    #[inline(always)]
    pub fn receive(&self) -> Option<T> {
        let mut state = self.state.lock();
        if state.count == 0 {
            // Who waits is handed a value, or nothing when the channel is closed.
            return if state.closed { None } else { WaitQueue::wait(state, |state| &mut state.receivers) };
        }
        let (value, woken) = state.pop();
        drop(state);
        tell(woken);
        value
    }

    /// The oldest value, if there is one now.
    pub fn try_receive(&self) -> Option<T> {
        let (value, woken) = self.state.lock().pop();
        tell(woken);
        value
    }

    /// No value is sent from now on; those on their way are still received.
    pub fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        let mut senders = core::mem::take(&mut state.senders);
        let mut receivers = core::mem::take(&mut state.receivers);
        drop(state);
        while let Some(woken) = senders.take().or_else(|| receivers.take()) {
            woken.tell();
        }
    }
}

#[inline(always)]
fn tell<S: Scheduler>(woken: Option<Woken<S>>) {
    if let Some(woken) = woken {
        woken.tell();
    }
}

impl<T, S: Scheduler, const N: usize> State<T, S, N> {
    /// Hands a value to who waits for one, who has to be told; else adds it, for which there is room.
    #[inline(always)]
    fn put(&mut self, value: T) -> Option<Woken<S>> {
        match self.receivers.hand(value) {
            Ok(woken) => Some(woken),
            Err(value) => {
                self.push(value);
                None
            }
        }
    }

    #[inline(always)]
    fn push(&mut self, value: T) {
        let end = self.first + self.count;
        let index = if end < N { end } else { end - N };
        if let Some(place) = self.values.get_mut(index) {
            *place = Some(value);
        }
        self.count += 1;
    }

    /// Takes the oldest value out; a sender has to be told.
    #[inline(always)]
    fn pop(&mut self) -> (Option<T>, Option<Woken<S>>) {
        let Some(value) = self.values.get_mut(self.first).and_then(Option::take) else { return (None, None) };
        self.first = if self.first + 1 < N { self.first + 1 } else { 0 };
        self.count -= 1;
        (Some(value), self.senders.take())
    }
}

impl<T, S: Scheduler, const N: usize> Default for Channel<T, S, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, S: Scheduler, const N: usize> fmt::Debug for Channel<T, S, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").field("room", &N).finish_non_exhaustive()
    }
}
