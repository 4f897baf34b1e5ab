//! A lock for what both the boot path and interrupt handlers use.
//!
//! A ticket lock that masks interrupts while it is held, so a handler on the same core never waits for the code it
//! interrupted. Held for a few hundred instructions at most; nothing sleeps with it.

use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicU32, Ordering};

use crate::arch::cpu;

/// See the module.
#[derive(Debug)]
pub struct Lock<T> {
    next: AtomicU32,
    serving: AtomicU32,
    value: UnsafeCell<T>,
}

/// The right to use the value until dropped.
#[derive(Debug)]
pub struct Guard<'l, T> {
    lock: &'l Lock<T>,
    interrupts_were_on: bool,
}

// SAFETY: the tickets let one guard exist at a time, so sharing the lock hands the value from core to core, which
// `T: Send` allows.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    /// A lock around `value`.
    pub const fn new(value: T) -> Self {
        Self { next: AtomicU32::new(0), serving: AtomicU32::new(0), value: UnsafeCell::new(value) }
    }

    /// Waits for its turn.
    pub fn lock(&self) -> Guard<'_, T> {
        let interrupts_were_on = cpu::mask_interrupts();
        let ticket = self.next.fetch_add(1, Ordering::Relaxed);
        while self.serving.load(Ordering::Acquire) != ticket {
            core::hint::spin_loop();
        }
        Guard { lock: self, interrupts_were_on }
    }

    /// Where the value is, for a panic that can't wait for its turn.
    pub const fn value(&self) -> *mut T {
        self.value.get()
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this guard has the ticket being served; no other guard exists until it is dropped.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard has the ticket being served, and it is borrowed mutably, so this is the value's
        // only reference.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        let ticket = self.lock.serving.load(Ordering::Relaxed);
        self.lock.serving.store(ticket.wrapping_add(1), Ordering::Release);
        if self.interrupts_were_on {
            cpu::unmask_interrupts();
        }
    }
}
