//! Every step fails in turn, on any modelled controller.

use std::boxed::Box;

use super::{SGI, Step, VerifyError};

/// What a modelled line doesn't do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Keep its priority.
    Priority,
    /// Come to this state.
    Step(Step),
}

/// A modelled controller that can be broken.
pub(crate) trait Breakable {
    /// One that has started, with 288 lines.
    fn started() -> Self;
    /// Takes it through [`super::verify`]; `signals`: whether the CPU is told.
    fn verify(&mut self, signals: bool) -> Result<(), VerifyError>;
    /// The same through [`super::verify_cpu`].
    fn verify_cpu(&mut self) -> Result<(), VerifyError>;
    /// Breaks something about all lines.
    fn shut(&mut self, gate: Gate);
    /// Breaks a line.
    fn break_line(&mut self, line: usize, fault: Fault);
    /// Makes a private line enabled and pending at this priority.
    fn raise(&mut self, line: usize, priority: u8);
    /// Whether no line is enabled, pending or active, of those that can be disabled.
    fn is_quiet(&mut self) -> bool;
}

/// What is open for all lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    Distributor,
    Interface,
    /// Only more urgent lines than 0x80 are let through.
    Mask,
}

/// With nothing broken it passes and leaves nothing behind; with one thing broken it says which.
pub(crate) fn each_step_has_a_name<B: Breakable>() {
    let mut sound = B::started();
    assert_eq!(sound.verify(true), Ok(()));
    assert!(sound.is_quiet());
    assert_eq!(sound.verify(true), Ok(()), "and once more");

    let line = |line: usize, fault: Fault| move |gic: &mut B| gic.break_line(line, fault);
    let shut = |gate: Gate| move |gic: &mut B| gic.shut(gate);
    let (sgi, spi) = (SGI.0, 287);
    let step = |number: u32, step: Step| VerifyError::Line(number, step);
    type Break<B> = Box<dyn Fn(&mut B)>;
    let mut cases: std::vec::Vec<(Break<B>, VerifyError)> = std::vec![
        (Box::new(shut(Gate::Distributor)), VerifyError::DistributorGroup),
        (Box::new(shut(Gate::Interface)), VerifyError::InterfaceGroup),
        (Box::new(shut(Gate::Mask)), VerifyError::Mask(0x80)),
        (Box::new(line(31, Fault::Priority)), VerifyError::Priority(31)),
        (Box::new(|gic: &mut B| gic.raise(20, 0x20)), VerifyError::Another(sgi, 20)),
        (Box::new(|gic: &mut B| gic.raise(20, 0xc0)), VerifyError::Unexpected(20)),
        (
            Box::new(|gic: &mut B| (32..288).for_each(|line| gic.break_line(line, Fault::Step(Step::Enabled)))),
            VerifyError::NoSpi,
        ),
    ];
    for state in [Step::Enabled, Step::Pending, Step::Acknowledged, Step::Active, Step::Inactive] {
        cases.push((Box::new(line(15, Fault::Step(state))), step(sgi, state)));
        // An SPI that doesn't enable isn't there, and the one below is taken.
        if state != Step::Enabled {
            cases.push((Box::new(line(287, Fault::Step(state))), step(spi, state)));
        }
    }
    for (break_it, expected) in cases {
        let mut gic = B::started();
        break_it(&mut gic);
        assert_eq!(gic.verify(true), Err(expected));
    }
    let mut gic = B::started();
    assert_eq!(gic.verify(false), Err(step(sgi, Step::Signalled)));
    let mut gic = B::started();
    (286..288).for_each(|line| gic.break_line(line, Fault::Step(Step::Enabled)));
    assert_eq!(gic.verify(true), Ok(()), "the last word of lines isn't all there");
    let mut gic = B::started();
    (16..32).for_each(|line| gic.break_line(line, Fault::Step(Step::Enabled)));
    assert_eq!(gic.verify(true), Err(VerifyError::NoPpi));
    a_cpu_s_own_steps_have_names::<B>();
}

/// What a CPU that starts later is asked: its own lines, and nobody else's.
fn a_cpu_s_own_steps_have_names<B: Breakable>() {
    let mut sound = B::started();
    assert_eq!(sound.verify_cpu(), Ok(()));
    assert!(sound.is_quiet());
    for (line, fault, expected) in [
        (31, Fault::Priority, VerifyError::Priority(31)),
        (15, Fault::Step(Step::Pending), VerifyError::Line(15, Step::Pending)),
        (15, Fault::Step(Step::Acknowledged), VerifyError::Line(15, Step::Acknowledged)),
    ] {
        let mut gic = B::started();
        gic.break_line(line, fault);
        assert_eq!(gic.verify_cpu(), Err(expected));
    }
    for (gate, expected) in [(Gate::Interface, VerifyError::InterfaceGroup), (Gate::Mask, VerifyError::Mask(0x80))] {
        let mut gic = B::started();
        gic.shut(gate);
        assert_eq!(gic.verify_cpu(), Err(expected));
    }
    let mut gic = B::started();
    (32..288).for_each(|line| gic.break_line(line, Fault::Step(Step::Enabled)));
    assert_eq!(gic.verify_cpu(), Ok(()), "shared lines are the boot CPU's business");
}
