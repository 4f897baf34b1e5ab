//! A line's bit, pair or byte in array registers, which GICv2 and GICv3 have alike (IHI 0048B, 4.3; IHI 0069H, 12.9, 12.11).
//!
//! Generated accessors have nothing past the end of their array. A [`Line`](crate::gic_line::Line) lies within all of
//! them, but the types don't know it: of what is asked here for a line, [`InterruptError::NoSuchLine`] can't come.

use tock_registers::interfaces::{Readable, Writeable};

use crate::mmio::{Bus, ReadClear, ReadSet, ReadWrite, Register};
use crate::{InterruptError, LineState, Priority};

/// One register of an array.
type Word<'b, B, A> = Register<'b, B, u32, (), A>;

/// Sets the bits of `mask`; the others stay.
pub(crate) fn raise(register: Option<Word<'_, impl Bus, ReadSet>>, mask: u32) -> Result<(), InterruptError> {
    register.ok_or(InterruptError::NoSuchLine)?.raise_mask(mask);
    Ok(())
}

/// Clears the bits of `mask`; the others stay.
pub(crate) fn clear(register: Option<Word<'_, impl Bus, ReadClear>>, mask: u32) -> Result<(), InterruptError> {
    register.ok_or(InterruptError::NoSuchLine)?.clear_mask(mask);
    Ok(())
}

/// The bits from `shift` up, those of further lines included.
pub(crate) fn read(register: Option<Word<'_, impl Bus, ReadWrite>>, shift: u32) -> Result<u32, InterruptError> {
    Ok(register.ok_or(InterruptError::NoSuchLine)?.get() >> shift)
}

/// Writes `value` over the `bits` at `shift`; the others stay.
pub(crate) fn replace(
    register: Option<Word<'_, impl Bus, ReadWrite>>,
    shift: u32,
    bits: u32,
    value: u32,
) -> Result<(), InterruptError> {
    let register = register.ok_or(InterruptError::NoSuchLine)?;
    register.set(register.get() & !(bits << shift) | value << shift);
    Ok(())
}

/// What the ISENABLER, ISPENDR and ISACTIVER of a line say at its bit.
pub(crate) fn state<B: Bus>(
    mask: u32,
    [enabled, pending, active]: [Option<Word<'_, B, ReadSet>>; 3],
) -> Result<LineState, InterruptError> {
    let is_set = |register: Option<Word<'_, B, ReadSet>>| {
        register.map(|register| register.get() & mask != 0).ok_or(InterruptError::NoSuchLine)
    };
    Ok(LineState { enabled: is_set(enabled)?, pending: is_set(pending)?, active: is_set(active)? })
}

/// Every line of these IPRIORITYR, four a register, at the default priority.
pub(crate) fn reset_priorities<'b, B: Bus + 'b>(registers: impl Iterator<Item = Word<'b, B, ReadWrite>>) {
    let four = u32::from_ne_bytes([Priority::DEFAULT.0; 4]);
    registers.for_each(|register| register.set(four));
}
