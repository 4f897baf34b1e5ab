//! What the models of GICv2 and GICv3 have alike: lines, and the array registers that have a bit, a byte or a pair for
//! each (IHI 0048B, 4.3; IHI 0069H, 12.9, 12.11).

use std::vec::Vec;

use hardware::board::Trigger;

use crate::verify::Step;
use crate::verify::faults::Fault;
use crate::{CpuInterface, InterruptController, Intid, LineState, Priority};

/// One line's state; `R` says where it goes.
#[derive(Debug, Clone, Default)]
pub(crate) struct LineModel<R> {
    pub(crate) enabled: bool,
    pub(crate) pending: bool,
    pub(crate) active: bool,
    pub(crate) group1: bool,
    pub(crate) edge: bool,
    /// Whether its trigger is wired to level.
    pub(crate) wired: bool,
    pub(crate) priority: u8,
    pub(crate) route: R,
    /// What it doesn't do.
    pub(crate) fault: Option<Fault>,
}

impl<R: Default> LineModel<R> {
    /// With firmware's leavings: enabled, pending and active.
    pub(crate) fn used() -> Self {
        Self { enabled: true, pending: true, active: true, edge: true, ..Self::default() }
    }
}

impl<R> LineModel<R> {
    /// Whether it comes to this state.
    pub(crate) fn comes(&self, step: Step) -> bool {
        self.fault != Some(Fault::Step(step))
    }

    /// Takes a priority as it is to be kept.
    pub(crate) fn set_priority(&mut self, priority: u8) {
        if self.fault != Some(Fault::Priority) {
            self.priority = priority;
        }
    }

    /// Takes a trigger; says whether that changed while the line was enabled, which software mustn't do.
    fn set_trigger(&mut self, edge: bool) -> bool {
        let forbidden = self.enabled && self.edge != edge;
        self.edge = edge && !self.wired;
        forbidden
    }
}

/// Lines as accesses to a window find them. Where `first` is asked for, that is the first line of the register.
pub(crate) trait Lines {
    /// See [`LineModel`].
    type Route;

    /// The line, if there is one to this access: others read as zero and ignore writes.
    fn line(&mut self, number: usize) -> Option<&mut LineModel<Self::Route>>;

    /// What a register of one bit a line has.
    fn bits(&mut self, first: usize, of: impl Fn(&LineModel<Self::Route>) -> bool) -> u32 {
        (0..32).fold(0, |word, bit| {
            let on = self.line(first + bit).is_some_and(|line| of(line));
            word | u32::from(on) << bit
        })
    }

    /// A write to a register of one bit a line.
    fn each_bit(&mut self, first: usize, value: u32, change: impl Fn(&mut LineModel<Self::Route>, bool)) {
        for bit in 0..32 {
            if let Some(line) = self.line(first + bit) {
                change(line, value >> bit & 1 != 0);
            }
        }
    }

    /// What a register of one byte a line has.
    fn bytes(&mut self, first: usize, of: impl Fn(&LineModel<Self::Route>) -> u8) -> u32 {
        u32::from_le_bytes([0, 1, 2, 3].map(|byte| self.line(first + byte).map_or(0, |line| of(line))))
    }

    /// A write to a register of one byte a line.
    fn each_byte(&mut self, first: usize, value: u32, change: impl Fn(&mut LineModel<Self::Route>, u8)) {
        for (byte, value) in value.to_le_bytes().into_iter().enumerate() {
            if let Some(line) = self.line(first + byte) {
                change(line, value);
            }
        }
    }

    /// The arrays from IGROUPR to ICFGR, by their offset in the distributor.
    fn load_array(&mut self, offset: usize) -> u32 {
        match offset {
            0x080..0x100 => self.bits((offset - 0x080) * 8, |line| line.group1),
            0x100..0x180 => self.bits((offset - 0x100) * 8, |line| line.enabled),
            0x180..0x200 => self.bits((offset - 0x180) * 8, |line| line.enabled),
            0x200..0x280 => self.bits((offset - 0x200) * 8, |line| line.pending),
            0x300..0x380 => self.bits((offset - 0x300) * 8, |line| line.active),
            0x400..0x7fc => self.bytes(offset - 0x400, |line| line.priority),
            0xc00..0xd00 => (0..16).fold(0, |word, pair| {
                let edge = self.line((offset - 0xc00) * 4 + pair).is_some_and(|line| line.edge);
                word | u32::from(edge) << (pair * 2 + 1)
            }),
            other => panic!("load at {other:#x}"),
        }
    }

    /// As [`Self::load_array`]; says of how many lines the trigger changed while they were enabled.
    fn store_array(&mut self, offset: usize, value: u32) -> u32 {
        match offset {
            0x080..0x100 => self.each_bit((offset - 0x080) * 8, value, |line, bit| line.group1 = bit),
            0x100..0x180 => {
                self.each_bit((offset - 0x100) * 8, value, |line, bit| line.enabled |= bit && line.comes(Step::Enabled))
            }
            0x180..0x200 => self.each_bit((offset - 0x180) * 8, value, |line, bit| line.enabled &= !bit),
            0x200..0x280 => {
                self.each_bit((offset - 0x200) * 8, value, |line, bit| line.pending |= bit && line.comes(Step::Pending))
            }
            0x280..0x300 => self.each_bit((offset - 0x280) * 8, value, |line, bit| line.pending &= !bit),
            0x380..0x400 => self.each_bit((offset - 0x380) * 8, value, |line, bit| line.active &= !bit),
            0x400..0x7fc => self.each_byte(offset - 0x400, value, LineModel::set_priority),
            0xc00..0xd00 => return self.store_triggers((offset - 0xc00) * 4, value),
            other => panic!("store at {other:#x}"),
        }
        0
    }

    /// ICFGR's part of [`Self::store_array`].
    fn store_triggers(&mut self, first: usize, value: u32) -> u32 {
        (0..16).fold(0, |forbidden, pair| {
            let edge = value >> (pair * 2 + 1) & 1 != 0;
            forbidden + u32::from(self.line(first + pair).is_some_and(|line| line.set_trigger(edge)))
        })
    }
}

/// All lines of a block, whoever accesses.
impl<R> Lines for Vec<LineModel<R>> {
    type Route = R;

    fn line(&mut self, number: usize) -> Option<&mut LineModel<R>> {
        self.get_mut(number)
    }
}

/// Takes a line of a controller that was started the way of an interrupt: enabled, pending, active, ended. `always` is
/// whether it is a line that can't be disabled.
pub(crate) fn goes_through_its_states(
    gic: &mut impl InterruptController,
    cpu: &impl CpuInterface,
    intid: Intid,
    always: bool,
) {
    let idle = Ok(LineState { enabled: always, ..LineState::default() });
    gic.configure(intid, Trigger::LevelHigh, Priority(0x80)).expect("a line");
    assert_eq!(gic.state(intid), idle);
    gic.set_pending(intid).expect("a line");
    if !always {
        assert_eq!(cpu.acknowledge(), None, "{intid:?} isn't enabled");
    }
    gic.enable(intid).expect("a line");
    assert_eq!(gic.state(intid), Ok(LineState { enabled: true, pending: true, active: false }));
    let taken = cpu.acknowledge().expect("it is pending");
    assert_eq!(taken.intid(), intid);
    assert_eq!(gic.state(intid), Ok(LineState { enabled: true, pending: false, active: true }));
    cpu.end(taken);
    gic.disable(intid).expect("a line");
    assert_eq!(gic.state(intid), idle);
}
