//! The atomics and the cell that everything here is built on: `core`'s, or loom's models of them.

#[cfg(not(feature = "loom-tests"))]
pub(crate) use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};
#[cfg(feature = "loom-tests")]
pub(crate) use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};

/// A function that is `const`, but for loom, whose models are made at run time.
macro_rules! const_fn {
    ($(#[$attribute:meta])* $visibility:vis fn $($rest:tt)*) => {
        #[cfg(not(feature = "loom-tests"))]
        $(#[$attribute])*
        $visibility const fn $($rest)*
        #[cfg(feature = "loom-tests")]
        $(#[$attribute])*
        $visibility fn $($rest)*
    };
}

/// A value that several share, of whom one at a time has it to itself.
#[derive(Debug)]
pub(crate) struct Shared<T>(Cell<T>);

#[cfg(not(feature = "loom-tests"))]
type Cell<T> = core::cell::UnsafeCell<T>;
#[cfg(feature = "loom-tests")]
type Cell<T> = loom::cell::UnsafeCell<T>;

/// The value to oneself. Under loom, a second claim at the same time fails the test.
#[cfg(not(feature = "loom-tests"))]
pub(crate) type Claim<T> = core::ptr::NonNull<T>;
#[cfg(feature = "loom-tests")]
pub(crate) type Claim<T> = loom::cell::MutPtr<T>;

impl<T> Shared<T> {
    const_fn! {
        pub(crate) fn new(value: T) -> Self {
            Self(Cell::new(value))
        }
    }

    /// Takes the value for oneself; the pointer is only as good as the promise that nobody else has it.
    #[cfg(not(feature = "loom-tests"))]
    #[inline(always)]
    pub(crate) const fn claim(&self) -> Claim<T> {
        // SAFETY: a cell's address is that of the reference it was reached by, and so not null.
        unsafe { core::ptr::NonNull::new_unchecked(self.0.get()) }
    }

    #[cfg(feature = "loom-tests")]
    pub(crate) fn claim(&self) -> Claim<T> {
        self.0.get_mut()
    }

    /// Where the value is, whoever has it.
    #[cfg(not(feature = "loom-tests"))]
    pub(crate) const fn as_ptr(&self) -> *mut T {
        self.0.get()
    }
}

impl<T> Shared<T> {
    /// Replaces the value.
    ///
    /// # Safety
    /// Nobody else reads or writes it at the same time.
    #[inline(always)]
    pub(crate) unsafe fn write(&self, value: T) {
        #[cfg(not(feature = "loom-tests"))]
        // SAFETY: the pointer is the cell's own, and the caller promises that nobody else uses it now.
        unsafe {
            *self.0.get() = value;
        }
        #[cfg(feature = "loom-tests")]
        // SAFETY: loom lends the cell's own pointer, and fails the test where anybody else has it at that time.
        self.0.with_mut(|pointer| unsafe { *pointer = value });
    }

    /// The value, of which nobody else knows any more.
    #[inline(always)]
    pub(crate) fn into_inner(self) -> T {
        self.0.into_inner()
    }
}

impl<T: Copy> Shared<T> {
    /// A copy of the value.
    ///
    /// # Safety
    /// Nobody writes it at the same time.
    #[inline(always)]
    pub(crate) unsafe fn read(&self) -> T {
        #[cfg(not(feature = "loom-tests"))]
        // SAFETY: the pointer is the cell's own, and the caller promises that nobody writes there now.
        return unsafe { *self.0.get() };
        #[cfg(feature = "loom-tests")]
        // SAFETY: loom lends the cell's own pointer, and fails the test where anybody writes at that time.
        return self.0.with(|pointer| unsafe { *pointer });
    }
}

/// Where the claimed value is.
#[cfg(not(feature = "loom-tests"))]
#[inline(always)]
pub(crate) const fn pointer<T>(claim: &Claim<T>) -> *mut T {
    claim.as_ptr()
}

#[cfg(feature = "loom-tests")]
pub(crate) fn pointer<T>(claim: &Claim<T>) -> *mut T {
    claim.with(|pointer| pointer)
}
