//! A value that is set once, while one core boots, and read by all of them ever after.
//!
//! Reading is a load and a branch: for what interrupt handlers look at each time.

use core::fmt;
use core::mem::MaybeUninit;

use crate::primitives::{AtomicU32, Ordering, Shared};

/// See the module.
pub struct Once<T> {
    state: AtomicU32,
    /// Uninitialised until then, so that one that isn't set costs an image nothing.
    value: Shared<MaybeUninit<T>>,
}

/// Nobody has begun to set it.
const EMPTY: u32 = 0;
/// Someone is setting it.
const CLAIMED: u32 = 1;
/// It is set, and stays as it is.
const SET: u32 = 2;

// SAFETY: the value is written before SET is, by the one who took EMPTY away, and only read after; readers on several cores
// at a time have it by copy, which `T: Copy + Send` allows.
unsafe impl<T: Copy + Send> Sync for Once<T> {}

impl<T: Copy> Once<T> {
    const_fn! {
        /// Not set.
        pub fn new() -> Self {
            Self { state: AtomicU32::new(EMPTY), value: Shared::new(MaybeUninit::uninit()) }
        }
    }

    /// Sets the value; gives it back where it was set before.
    pub fn set(&self, value: T) -> Result<(), T> {
        if self.state.compare_exchange(EMPTY, CLAIMED, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return Err(value);
        }
        // SAFETY: one caller gets from EMPTY to CLAIMED, which is this one, and nobody reads before SET.
        unsafe { self.value.write(MaybeUninit::new(value)) };
        self.state.store(SET, Ordering::Release);
        Ok(())
    }

    /// The value, once it is set.
    #[inline(always)]
    pub fn get(&self) -> Option<T> {
        if self.state.load(Ordering::Acquire) != SET {
            return None;
        }
        // SAFETY: SET is stored behind the only write that there ever is, of a value.
        Some(unsafe { self.value.read().assume_init() })
    }
}

impl<T: Copy> Default for Once<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Copy + fmt::Debug> fmt::Debug for Once<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Once").field(&self.get()).finish()
    }
}
