//! A lock for what threads and interrupt handlers share.
//!
//! A ticket lock that masks interrupts while it is held, so a handler never waits for the code that it interrupted on the same
//! core. First come, first served. Held for a few hundred instructions at most; nothing sleeps with it.

use core::fmt;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::ops::{Deref, DerefMut};

use crate::cpu::{Cpu, Masked, Pinned};
use crate::primitives::{AtomicU32, Claim, Ordering, Shared, pointer};

/// See the module.
pub struct TicketLock<T, C> {
    next: AtomicU32,
    serving: AtomicU32,
    value: Shared<T>,
    cpu: PhantomData<fn() -> C>,
}

/// The right to use the value until dropped.
///
/// Of two guards, what was taken last is dropped first: each puts the interrupt mask back as it found it, so the other way round
/// would let in a handler that may want the lock still held.
#[must_use = "the lock is given back at once"]
pub struct Guard<'l, T, C: Cpu> {
    lock: &'l TicketLock<T, C>,
    ticket: u32,
    claim: ManuallyDrop<Claim<T>>,
    /// Dropped last: the lock is given back before interrupts come.
    masked: Masked<C>,
}

// SAFETY: the tickets let one guard exist at a time, so sharing the lock hands the value from core to core, which
// `T: Send` allows.
unsafe impl<T: Send, C> Sync for TicketLock<T, C> {}
// SAFETY: a lock that moves takes its value along, which `T: Send` allows.
unsafe impl<T: Send, C> Send for TicketLock<T, C> {}

impl<T, C> TicketLock<T, C> {
    const_fn! {
        /// A lock around `value`.
        pub fn new(value: T) -> Self {
            Self {
                next: AtomicU32::new(0),
                serving: AtomicU32::new(0),
                value: Shared::new(value),
                cpu: PhantomData,
            }
        }
    }

    /// Where the value is, for a panic that can't wait for its turn.
    #[cfg(not(feature = "loom-tests"))]
    pub const fn as_ptr(&self) -> *mut T {
        self.value.as_ptr()
    }
}

impl<T, C: Cpu> TicketLock<T, C> {
    /// Waits for its turn.
    #[inline(always)]
    pub fn lock(&self) -> Guard<'_, T, C> {
        self.lock_masked(Masked::new())
    }

    /// The same where interrupts are masked already; the guard takes the mask over.
    #[inline(always)]
    pub fn lock_masked(&self, masked: Masked<C>) -> Guard<'_, T, C> {
        let ticket = self.next.fetch_add(1, Ordering::Relaxed);
        while self.serving.load(Ordering::Acquire) != ticket {
            C::relax();
        }
        Guard { lock: self, ticket, claim: ManuallyDrop::new(self.value.claim()), masked }
    }

    /// The lock if nobody has it or waits for it.
    pub fn try_lock(&self) -> Option<Guard<'_, T, C>> {
        let masked = Masked::new();
        let ticket = self.serving.load(Ordering::Acquire);
        let free = self.next.compare_exchange(ticket, ticket.wrapping_add(1), Ordering::Relaxed, Ordering::Relaxed);
        free.ok().map(|ticket| Guard { lock: self, ticket, claim: ManuallyDrop::new(self.value.claim()), masked })
    }

    /// A guard again for a lock that was left locked. Its mask is `masked`.
    ///
    /// # Safety
    /// [`Guard::leave_locked`] left it, on this core, and nobody has adopted it since.
    #[inline(always)]
    pub unsafe fn adopt(&self, masked: Masked<C>) -> Guard<'_, T, C> {
        let ticket = self.serving.load(Ordering::Relaxed);
        Guard { lock: self, ticket, claim: ManuallyDrop::new(self.value.claim()), masked }
    }
}

impl<'l, T, C: Cpu> Guard<'l, T, C> {
    /// Gives the lock back; interrupts stay masked.
    #[inline(always)]
    pub fn unlock(self) -> Masked<C> {
        let lock = self.lock;
        let ticket = self.ticket;
        let masked = self.leave_locked();
        lock.serving.store(ticket.wrapping_add(1), Ordering::Release);
        masked
    }

    /// Leaves the lock locked, for whom this core runs next to [`TicketLock::adopt`]; interrupts stay masked.
    #[inline(always)]
    pub fn leave_locked(self) -> Masked<C> {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: the guard is never used again, so its claim is dropped once.
        unsafe { ManuallyDrop::drop(&mut this.claim) };
        // SAFETY: and its mask is read out once.
        unsafe { core::ptr::read(&this.masked) }
    }
}

impl<T, C: Cpu> Guard<'_, T, C> {
    /// The mask under which the value is used: proof that nothing moves this thread to another core.
    pub const fn masked(&self) -> &Masked<C> {
        &self.masked
    }
}

impl<T, C: Cpu> Deref for Guard<'_, T, C> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: this guard has the ticket being served; no other guard, and so no other claim, exists until it is
        // dropped, and its own mutable borrow excludes this one.
        unsafe { &*pointer(&self.claim) }
    }
}

impl<T, C: Cpu> DerefMut for Guard<'_, T, C> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard has the ticket being served, and it is borrowed mutably, so this is the value's only
        // reference.
        unsafe { &mut *pointer(&self.claim) }
    }
}

impl<T, C: Cpu> Drop for Guard<'_, T, C> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: dropped once, here; no reference to the value outlives the guard.
        unsafe { ManuallyDrop::drop(&mut self.claim) };
        self.lock.serving.store(self.ticket.wrapping_add(1), Ordering::Release);
    }
}

impl<T, C: Cpu> Pinned<C> for Guard<'_, T, C> {}

impl<T, C> fmt::Debug for TicketLock<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketLock").finish_non_exhaustive()
    }
}

impl<T: fmt::Debug, C: Cpu> fmt::Debug for Guard<'_, T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Guard").field(&**self).finish()
    }
}
