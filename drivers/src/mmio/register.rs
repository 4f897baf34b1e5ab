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

#[cfg(test)]
mod tests {
    use tock_registers::interfaces::ReadWriteable;

    use super::*;
    use crate::mmio::fake::{Op, Script};
    use crate::registers::fw_cfg;
    use crate::registers::gicv2::{gicc, gicd};
    use crate::registers::pcie_ecam::{self, COMMAND, STATUS};
    use crate::registers::pl011;

    #[test]
    fn a_modify_is_one_load_and_one_store_of_the_registers_width() {
        let script = Script::new(pcie_ecam::SIZE, [Op::Load(4, 2, 0x0401), Op::Store(4, 2, 0x0403)]);
        let registers = pcie_ecam::Registers::new(script).expect("a window of its size");
        registers.command().modify(COMMAND::MEMORY::SET);
    }

    #[test]
    fn write_one_to_clear_stores_the_ones_and_reads_nothing() {
        let script = Script::new(pcie_ecam::SIZE, [Op::Store(6, 2, 0x8100)]);
        let registers = pcie_ecam::Registers::new(script).expect("a window of its size");
        registers.status().clear(STATUS::MASTER_DATA_PARITY::SET + STATUS::DETECTED_PARITY::SET);
    }

    #[test]
    fn write_one_to_set_stores_the_ones_and_reads_nothing() {
        let script = Script::new(gicd::SIZE, [Op::store32(0x104, 0x80)]);
        let registers = gicd::Registers::new(script).expect("a window of its size");
        registers.isenabler(1).expect("one of 32").raise_mask(0x80);
    }

    #[test]
    fn a_take_loads_once_however_many_fields_are_asked() {
        let script = Script::new(gicc::SIZE, [Op::load32(0x00c, 0x0c21)]);
        let mut registers = gicc::Registers::new(script).expect("a window of its size");
        let acknowledged = registers.iar().take();
        assert_eq!(acknowledged.read(gicc::IAR::InterruptID), 0x21);
        assert_eq!(acknowledged.read(gicc::IAR::CPUID), 3);
    }

    #[test]
    fn the_widths_of_a_binding_are_those_of_the_accesses() {
        let script = Script::new(fw_cfg::SIZE, [Op::Store(8, 2, 0x1900), Op::Load(0, 8, 7)]);
        let mut registers = fw_cfg::Registers::new(script).expect("a window of its size");
        registers.selector().set(0x1900);
        assert_eq!(registers.data().take().get(), 7);
    }

    #[test]
    fn arrays_end_where_the_binding_says() {
        let script = Script::new(gicd::SIZE, [Op::load32(0x7f8, 1)]);
        let registers = gicd::Registers::new(script).expect("a window of its size");
        assert_eq!(registers.ipriorityr(254).map(|register| register.get()), Some(1));
        assert!(registers.ipriorityr(255).is_none());
        assert!(registers.ipriorityr(usize::MAX).is_none());
    }

    #[test]
    fn enumerations_read_back_as_names() {
        use pl011::LCR_H;
        let script = Script::new(pl011::SIZE, [Op::load32(0x02c, 0x70)]);
        let registers = pl011::Registers::new(script).expect("a window of its size");
        let length = registers.lcr_h().read_as_enum::<LCR_H::WLEN::Value>(LCR_H::WLEN);
        assert_eq!(length, Some(LCR_H::WLEN::Value::Bits8));
    }

    #[test]
    fn a_window_that_is_too_small_is_given_back_as_an_error() {
        let script = Script::new(pl011::SIZE - 1, []);
        assert_eq!(pl011::Registers::new(script).map(drop), Err(TooSmall));
    }
}
