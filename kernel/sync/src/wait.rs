//! The one wait queue, which everything that waits is built on.
//!
//! A [`WaitQueue`] stands inside the lock of what is waited for, so looking and queueing up are one step, and no wake-up comes
//! between them. Its places are on the stacks of those who wait: it needs no memory, and has no end.

use core::fmt;
use core::ptr::null_mut;

use crate::primitives::{AtomicBool, AtomicPtr, Ordering, Shared};
use crate::scheduler::Scheduler;
use crate::ticket::{Guard, TicketLock};

/// Threads that wait, first come, first woken. A thread can be handed a `P` with its wake-up.
pub struct WaitQueue<S: Scheduler, P = ()> {
    first: *mut Place<S, P>,
    last: *mut Place<S, P>,
}

/// A waiting thread's place; lives until it was woken or has taken itself out.
pub(crate) struct Place<S: Scheduler, P = ()> {
    thread: S::Thread,
    /// Who comes after; changed by who has the queue.
    next: AtomicPtr<Place<S, P>>,
    /// It is out of the queue; who sets this does not look at the place again.
    woken: AtomicBool,
    /// What it was handed: written by who sets `woken`, before; read by the thread itself, after.
    parcel: Shared<Option<P>>,
}

/// A thread taken out of a queue, to be told so.
#[must_use = "the thread is out of the queue and waits until it is told"]
pub struct Woken<S: Scheduler>(S::Thread);

// SAFETY: the places that the queue points at are shared by atomics, by `S::Thread: Sync`, and by parcels, which go from thread to
// thread as `P: Send` allows; the pointers themselves are only used through `&mut WaitQueue`, wherever that is.
unsafe impl<S: Scheduler, P: Send> Send for WaitQueue<S, P> {}

impl<S: Scheduler, P> WaitQueue<S, P> {
    /// Nobody waits.
    pub const fn new() -> Self {
        Self { first: null_mut(), last: null_mut() }
    }

    /// Nobody waits.
    #[inline(always)]
    pub const fn is_empty(&self) -> bool {
        self.first.is_null()
    }

    /// Queues the calling thread up in the queue that `of` finds behind the lock, gives the lock back, and waits to be
    /// taken out; gives what it was handed, if anything.
    #[inline(always)]
    pub fn wait<T>(mut guard: Guard<'_, T, S>, of: impl FnOnce(&mut T) -> &mut Self) -> Option<P> {
        let place = Place::new(S::current(&guard));
        // SAFETY: the place is on this stack until `block` returns, when it is out of the queue.
        unsafe { of(&mut guard).push(&place) };
        drop(guard);
        place.block();
        place.parcel.into_inner()
    }

    /// Takes the first one out. It has to be told once the lock is given back: [`Woken::tell`].
    #[inline(always)]
    pub fn take(&mut self) -> Option<Woken<S>> {
        let place = self.unlink_first()?;
        let thread = place.thread.clone();
        place.woken.store(true, Ordering::Release);
        Some(Woken(thread))
    }

    /// The same, with a parcel for it; that comes back where nobody waits.
    #[inline(always)]
    pub fn hand(&mut self, parcel: P) -> Result<Woken<S>, P> {
        let Some(place) = self.unlink_first() else { return Err(parcel) };
        // SAFETY: the place is out of the queue, so nobody else finds it, and its thread looks only once `woken` is set.
        unsafe { place.parcel.write(Some(parcel)) };
        let thread = place.thread.clone();
        place.woken.store(true, Ordering::Release);
        Ok(Woken(thread))
    }

    #[inline(always)]
    fn unlink_first(&mut self) -> Option<&Place<S, P>> {
        let first = self.first;
        if first.is_null() {
            return None;
        }
        // SAFETY: a place that the queue points at lives, as `push` was promised, until `woken` is set, which the callers do last.
        let place = unsafe { &*first };
        self.first = place.next.load(Ordering::Relaxed);
        if self.first.is_null() {
            self.last = null_mut();
        }
        Some(place)
    }

    /// Puts a place at the end.
    ///
    /// # Safety
    /// The place doesn't move, and lives until it is out of the queue.
    #[inline(always)]
    pub(crate) unsafe fn push(&mut self, place: &Place<S, P>) {
        let place = core::ptr::from_ref(place).cast_mut();
        if self.last.is_null() {
            self.first = place;
        } else {
            // SAFETY: the last place is in the queue, so it lives, as its own `push` was promised.
            unsafe { &*self.last }.next.store(place, Ordering::Relaxed);
        }
        self.last = place;
    }

    /// Takes one out, wherever it is; false if it isn't there.
    fn remove(&mut self, place: &Place<S, P>) -> bool {
        let this = core::ptr::from_ref(place).cast_mut();
        let (mut before, mut at) = (null_mut::<Place<S, P>>(), self.first);
        while at != this {
            if at.is_null() {
                return false;
            }
            before = at;
            // SAFETY: `at` isn't null and was reached from `first`: it is in the queue, and lives until it is taken out.
            at = unsafe { &*at }.next.load(Ordering::Relaxed);
        }
        let next = place.next.load(Ordering::Relaxed);
        if before.is_null() {
            self.first = next;
        } else {
            // SAFETY: `before` was passed above and is still in the queue, which nobody else has meanwhile.
            unsafe { &*before }.next.store(next, Ordering::Relaxed);
        }
        if self.last == this {
            self.last = before;
        }
        true
    }
}

impl<S: Scheduler> WaitQueue<S> {
    /// As [`WaitQueue::wait`], until `at` at the latest: whether it was taken out by then.
    pub fn wait_until<T>(
        lock: &TicketLock<T, S>,
        mut guard: Guard<'_, T, S>,
        of: impl Fn(&mut T) -> &mut Self,
        at: S::Instant,
    ) -> bool {
        let place = Place::new(S::current(&guard));
        // SAFETY: the place is on this stack until this returns: then `woken` says that it is out, or `remove` took it out.
        unsafe { of(&mut guard).push(&place) };
        drop(guard);
        while !place.is_woken() {
            if !S::has_come(at) {
                S::park_until(at);
            } else if of(&mut lock.lock()).remove(&place) {
                return false;
            } else {
                // Somebody was faster: it is out, and about to be told.
                place.block();
            }
        }
        true
    }
}

impl<S: Scheduler, P> Place<S, P> {
    #[inline(always)]
    pub(crate) fn new(thread: S::Thread) -> Self {
        Self { thread, next: AtomicPtr::new(null_mut()), woken: AtomicBool::new(false), parcel: Shared::new(None) }
    }

    /// Waits until it is out of the queue.
    #[inline(always)]
    pub(crate) fn block(&self) {
        // A wake-up that came already ends the first `park` before it begins.
        loop {
            S::park();
            if self.is_woken() {
                break;
            }
        }
    }

    #[inline(always)]
    fn is_woken(&self) -> bool {
        self.woken.load(Ordering::Acquire)
    }
}

impl<S: Scheduler> Woken<S> {
    /// Lets it go on. Without a lock held, so that a more urgent thread runs at once.
    #[inline(always)]
    pub fn tell(self) {
        S::unpark(&self.0);
    }
}

impl<S: Scheduler, P> Default for WaitQueue<S, P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Scheduler, P> fmt::Debug for WaitQueue<S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitQueue").field("is_empty", &self.is_empty()).finish_non_exhaustive()
    }
}

impl<S: Scheduler> fmt::Debug for Woken<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Woken")
    }
}
