//! A value for each core.

use core::fmt;
use core::marker::PhantomData;

use crate::cpu::{Cpu, Pinned};

/// `N` values, of which each core uses its own.
///
/// A core's value is only ever lent as `&T`: another core may read it at the same time ([`PerCpu::for_each_cpu`]), so what
/// changes in it is an atomic or behind a lock. Each stands on cache lines of its own.
pub struct PerCpu<T, C, const N: usize> {
    each: [Padded<T>; N],
    cpu: PhantomData<fn() -> C>,
}

/// A value on cache lines of its own; 64 bytes is the line of every core that Arm has designed for AArch64.
#[derive(Debug)]
#[repr(align(64))]
pub struct Padded<T>(T);

impl<T> Padded<T> {
    /// Pads `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value.
    #[inline(always)]
    pub const fn get(&self) -> &T {
        &self.0
    }
}

impl<T, C, const N: usize> PerCpu<T, C, N> {
    /// Each core's value: `PerCpu::new([const { Padded::new(AtomicU64::new(0)) }; 4])`.
    pub const fn new(each: [Padded<T>; N]) -> Self {
        Self { each, cpu: PhantomData }
    }

    /// The value of the core numbered `index`; `None` past the last.
    #[inline(always)]
    pub fn of(&self, index: usize) -> Option<&T> {
        self.each.get(index).map(|padded| &padded.0)
    }

    /// Shows every core's value, in the order of their numbers, cores that don't run included.
    pub fn for_each_cpu(&self, mut show: impl FnMut(usize, &T)) {
        for (index, padded) in self.each.iter().enumerate() {
            show(index, &padded.0);
        }
    }
}

impl<T, C: Cpu, const N: usize> PerCpu<T, C, N> {
    /// The calling core's value, for as long as `pinned` proves that it is the calling core's.
    ///
    /// # Panics
    /// As [`PerCpu::with_local`].
    #[inline(always)]
    pub fn local<'p>(&'p self, _pinned: &'p impl Pinned<C>) -> &'p T {
        &self.each[C::index()].0
    }

    /// Uses the calling core's value, which stays the calling core's as `pinned` says.
    ///
    /// # Panics
    /// If the core's number isn't below `N`: whoever numbers cores starts none beyond.
    #[inline(always)]
    pub fn with_local<R>(&self, pinned: &impl Pinned<C>, use_it: impl FnOnce(&T) -> R) -> R {
        use_it(self.local(pinned))
    }
}

impl<T, C, const N: usize> fmt::Debug for PerCpu<T, C, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PerCpu").field("cpus", &N).finish_non_exhaustive()
    }
}
