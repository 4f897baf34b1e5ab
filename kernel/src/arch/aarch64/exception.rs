//! Exceptions: from the vectors to whoever is in charge.
//!
//! An interrupt goes to [`crate::machine::interrupt`]; a fault inside a guarded access ([`super::probe`]) goes
//! back to its fix-up; everything else is the end and is told by [`crate::panic::exception`].

use core::arch::global_asm;
use core::mem::offset_of;

use aarch64_cpu::registers::{ESR_EL1, FAR_EL1, Readable};

use super::beacon::{BEACON, Beacon, Stage};
use super::esr::Syndrome;
use super::{context, per_cpu, probe};

/// What was interrupted, as the vectors save it.
#[repr(C, align(16))]
#[derive(Debug)]
pub struct Frame {
    /// x0 to x30.
    pub x: [u64; 31],
    /// The stack pointer.
    pub sp: u64,
    /// ELR_EL1: where it goes on.
    pub elr: u64,
    /// SPSR_EL1: the processor state that it goes on with.
    pub spsr: u64,
    /// A frame record (x29, ELR_EL1) for backtraces.
    record: [u64; 2],
}

/// Why the processor came through a vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Caused by the instruction at ELR_EL1.
    Synchronous,
    /// An interrupt.
    Irq,
    /// A fast interrupt; nothing here asks for one.
    Fiq,
    /// An asynchronous external abort.
    SError,
}

/// Whom the exception came from: the vectors' four groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The kernel.
    Kernel,
    /// An exception handler.
    Handler,
    /// EL0, AArch64.
    Lower64,
    /// EL0, AArch32.
    Lower32,
}

/// An exception that nobody handles, for the report.
#[derive(Debug)]
pub struct Unexpected<'f> {
    /// What was saved.
    pub frame: &'f Frame,
    /// Why.
    pub kind: Kind,
    /// Whom it came from.
    pub source: Source,
    /// ESR_EL1.
    pub syndrome: Syndrome,
    /// FAR_EL1.
    pub far: u64,
}

global_asm!(
    include_str!("vectors.S"),
    FRAME_SIZE = const size_of::<Frame>(),
    FRAME_RECORD = const offset_of!(Frame, record),
    EMERGENCY_STACK = const per_cpu::EMERGENCY_STACK,
    BEACON = sym BEACON,
    BEACON_STAGE = const offset_of!(Beacon, stage),
    BEACON_FAULT = const offset_of!(Beacon, fault),
    STAGE_SPEECHLESS = const Stage::Speechless as u32,
    DISPATCH = sym dispatch,
);

extern "C" fn dispatch(vector: u64, frame: &mut Frame) {
    let kind = match vector & 3 {
        0 => Kind::Synchronous,
        1 => Kind::Irq,
        2 => Kind::Fiq,
        _ => Kind::SError,
    };
    let source = match vector >> 2 {
        0 => Source::Kernel,
        1 => Source::Handler,
        2 => Source::Lower64,
        _ => Source::Lower32,
    };
    if kind == Kind::Irq && source == Source::Kernel {
        crate::machine::interrupt();
        if per_cpu::preemption_due() {
            context::divert(frame);
        }
        return;
    }
    if matches!(kind, Kind::Synchronous | Kind::SError)
        && let Some(fixup) = probe::fixup(frame.elr)
    {
        frame.elr = fixup;
        return;
    }
    let (esr, far) = (ESR_EL1.get(), FAR_EL1.get());
    crate::panic::exception(&Unexpected { frame, kind, source, syndrome: Syndrome::new(esr), far })
}
