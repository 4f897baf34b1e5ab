//! A register's handle: where it is, how wide, what it may be asked.

use core::fmt;
use core::marker::PhantomData;

use tock_registers::fields::FieldValue;
use tock_registers::interfaces::{Readable, Writeable};
use tock_registers::{LocalRegisterCopy, RegisterLongName};

use super::{Bus, Width};

/// A register on a bus, made by a generated accessor and used at once.
///
/// `A` is the access kind of the binding and decides which methods there are:
///
/// | binding | here |
/// |---|---|
/// | `read` | tock-registers' [`Readable`] |
/// | `write` | tock-registers' [`Writeable`] |
/// | `read-write` | both, hence `ReadWriteable::modify` |
/// | `read-effect` | [`take`](Self::take): a read that changes the device, from accessors that need `&mut` |
/// | `write-one-to-clear` | [`clear`](Self::clear), [`clear_mask`](Self::clear_mask) |
/// | `write-one-to-set` | [`raise`](Self::raise), [`raise_mask`](Self::raise_mask) |
///
/// A read-modify-write of any kind but `read-write` would do harm, and can't be written.
pub struct Register<'b, B, T, R, A> {
    bus: &'b B,
    offset: usize,
    kind: PhantomData<(T, R, A)>,
}

/// The window is smaller than the register map: an access might leave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the window is smaller than the register map")]
pub struct TooSmall;

/// Declares the access kinds: a marker each, and which abilities it has.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident: $($ability:ident)*;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;
            $(impl ability::$ability for $name {})*
        )*
    };
}

mod ability {
    pub trait CanRead {}
    pub trait CanWrite {}
    pub trait CanTake {}
    pub trait CanClear {}
    pub trait CanSet {}
}

kinds! {
    /// `read`
    Read: CanRead;
    /// `write`
    Write: CanWrite;
    /// `read-write`
    ReadWrite: CanRead CanWrite;
    /// `read-effect`
    Take: CanTake;
    /// `read-effect, write`
    TakeWrite: CanTake CanWrite;
    /// `read-effect, write-one-to-clear`
    TakeClear: CanTake CanClear;
    /// `read-effect, write-one-to-set`
    TakeSet: CanTake CanSet;
    /// `write-one-to-clear`
    Clear: CanClear;
    /// `read, write-one-to-clear`
    ReadClear: CanRead CanClear;
    /// `write-one-to-set`
    Set: CanSet;
    /// `read, write-one-to-set`
    ReadSet: CanRead CanSet;
}

impl<'b, B: Bus, T: Width, R: RegisterLongName, A> Register<'b, B, T, R, A> {
    /// The register at `offset`; for generated accessors, which know that it is inside the window.
    #[inline(always)]
    pub const fn new(bus: &'b B, offset: usize) -> Self {
        Self { bus, offset, kind: PhantomData }
    }
}

impl<B: Bus, T: Width, R: RegisterLongName, A: ability::CanRead> Readable for Register<'_, B, T, R, A> {
    type T = T;
    type R = R;

    #[inline(always)]
    fn get(&self) -> T {
        T::load(self.bus, self.offset)
    }
}

impl<B: Bus, T: Width, R: RegisterLongName, A: ability::CanWrite> Writeable for Register<'_, B, T, R, A> {
    type T = T;
    type R = R;

    #[inline(always)]
    fn set(&self, value: T) {
        value.store(self.bus, self.offset);
    }
}

impl<B: Bus, T: Width, R: RegisterLongName, A: ability::CanTake> Register<'_, B, T, R, A> {
    /// Reads the register, which changes the device.
    #[inline(always)]
    #[must_use = "the device has given this value away"]
    pub fn take(self) -> LocalRegisterCopy<T, R> {
        LocalRegisterCopy::new(T::load(self.bus, self.offset))
    }
}

impl<B: Bus, T: Width, R: RegisterLongName, A: ability::CanClear> Register<'_, B, T, R, A> {
    /// Clears the bits that `fields` sets; the others stay.
    #[inline(always)]
    pub fn clear(self, fields: FieldValue<T, R>) {
        self.clear_mask(fields.value);
    }

    /// Clears the bits of `mask`; the others stay.
    #[inline(always)]
    pub fn clear_mask(self, mask: T) {
        mask.store(self.bus, self.offset);
    }
}

impl<B: Bus, T: Width, R: RegisterLongName, A: ability::CanSet> Register<'_, B, T, R, A> {
    /// Sets the bits that `fields` sets; the others stay.
    #[inline(always)]
    pub fn raise(self, fields: FieldValue<T, R>) {
        self.raise_mask(fields.value);
    }

    /// Sets the bits of `mask`; the others stay.
    #[inline(always)]
    pub fn raise_mask(self, mask: T) {
        mask.store(self.bus, self.offset);
    }
}

impl<B, T, R, A> fmt::Debug for Register<'_, B, T, R, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Register({:#x})", self.offset)
    }
}
