//! A GICv2 to test against: offsets and behaviour are those of IHI 0048B, chapters 3 and 4.

use std::boxed::Box;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::vec;
use std::vec::Vec;

use super::Barrier;
use crate::gic_model::{self, Lines};
use crate::mmio::fake::{Device, Model};
use crate::verify::Step;

/// One line's state, its priority as the Secure view has it; the private lines of each CPU have their own.
pub(super) type LineModel = gic_model::LineModel<Targets>;

/// CPU interfaces, a bit each.
#[derive(Debug, Clone, Default)]
pub(super) struct Targets {
    /// Where an SPI goes.
    pub(super) cpus: u8,
    /// SGIs: who sent it and wasn't heard yet.
    pub(super) senders: u8,
}

impl LineModel {
    /// Whether an interrupt waits to be taken.
    pub(super) fn waits(&self) -> bool {
        self.pending || self.route.senders != 0
    }
}

/// Which of the two layouts and behaviours software gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// One security state, as the Secure view of two.
    Single,
    /// Only Group 1 and the less urgent half of all priorities.
    NonSecure,
}

/// One CPU interface, with its CPU's private lines.
#[derive(Debug, Clone)]
pub(super) struct Interface {
    pub(super) private: Vec<LineModel>,
    pub(super) control: u32,
    /// As the Secure view has it.
    pub(super) mask: u8,
    pub(super) active_priorities: u32,
    /// What was written to EOIR.
    pub(super) ended: Vec<u32>,
}

/// The whole controller.
#[derive(Debug)]
pub(super) struct Gic {
    pub(super) view: View,
    pub(super) shared: Vec<LineModel>,
    pub(super) interfaces: Vec<Interface>,
    /// The interface of the CPU that accesses.
    pub(super) own: usize,
    pub(super) control: u32,
    pub(super) words: u32,
    pub(super) revision: u32,
    /// What CPUs read as their own target, where it isn't what it should be.
    pub(super) wrong_targets: Option<u8>,
    /// Lines whose trigger changed while they were enabled.
    pub(super) forbidden: u32,
    pub(super) accesses: usize,
}

impl Gic {
    /// With firmware's leavings: everything enabled, pending and active, an interrupt taken and never ended. What a
    /// Non-secure kernel gets has been put into Group 1, and the mask into its half.
    pub(super) fn used(view: View, words: u32, cpus: usize) -> Self {
        let non_secure = view == View::NonSecure;
        let left = LineModel { group1: true, ..LineModel::used() };
        let mask = if non_secure { 0x80 } else { 0 };
        let sgi = LineModel { pending: false, route: Targets { cpus: 0, senders: 0xff }, ..left.clone() };
        let private = [vec![sgi; 16], vec![left.clone(); 16]].concat();
        let interface = Interface { private, control: 0x1e0, mask, active_priorities: 1, ended: vec![] };
        Self {
            view,
            shared: vec![left; (words as usize * 32).min(1020)],
            interfaces: vec![interface; cpus],
            own: 0,
            control: 0,
            words,
            revision: 2,
            wrong_targets: None,
            forbidden: 0,
            accesses: 0,
        }
    }

    /// The interface of the CPU that accesses.
    pub(super) fn interface(&mut self) -> &mut Interface {
        &mut self.interfaces[self.own]
    }

    /// A priority as the view reads it (4.3.11).
    fn shown(view: View, priority: u8) -> u8 {
        if view == View::NonSecure { priority << 1 } else { priority }
    }

    /// A priority as the view writes it: 16 of the Non-secure half, 32 of all, as a GIC-400 has them.
    fn kept(view: View, priority: u8) -> u8 {
        if view == View::NonSecure { 0x80 | priority >> 1 & 0xf8 } else { priority & 0xf8 }
    }

    fn load_distributor(&mut self, offset: usize) -> u32 {
        let (view, own) = (self.view, 1u8 << self.own);
        let single = self.interfaces.len() == 1;
        match offset {
            0x000 => self.control,
            0x004 => (self.words - 1) | (self.interfaces.len() as u32 - 1) << 5,
            0x080..0x100 if view == View::NonSecure => 0,
            0x200..0x280 => self.bits((offset - 0x200) * 8, LineModel::waits),
            0x400..0x7fc => self.bytes(offset - 0x400, |line| Self::shown(view, line.priority)),
            0x800..0xbfc if single => 0,
            0x800..0x820 => u32::from_le_bytes([self.wrong_targets.unwrap_or(own); 4]),
            0x820..0xbfc => self.bytes(offset - 0x800, |line| line.route.cpus),
            0xfe8 => self.revision << 4 | 0xb,
            array => self.load_array(array),
        }
    }

    fn store_distributor(&mut self, offset: usize, value: u32) {
        let view = self.view;
        // SGIs are pending by their senders only (4.3.7), and always enabled here, which a GICv2 may do (4.3.6).
        let value = if matches!(offset, 0x180 | 0x200 | 0x280) { value & !0xffff } else { value };
        match offset {
            0x000 => self.control = value & if view == View::NonSecure { 1 } else { 3 },
            0x080..0x100 if view == View::NonSecure => {}
            0x400..0x7fc => {
                self.each_byte(offset - 0x400, value, |line, byte| line.set_priority(Self::kept(view, byte)))
            }
            0x820..0xbfc if self.interfaces.len() == 1 => {}
            0x820..0xbfc => self.each_byte(offset - 0x800, value, |line, byte| line.route.cpus = byte),
            0xf00 => self.send(value),
            0xf10..0xf20 => self.each_byte(offset - 0xf10, value, |line, byte| line.route.senders &= !byte),
            0xf20..0xf30 => self.each_byte(offset - 0xf20, value, |line, byte| line.route.senders |= byte),
            array => self.forbidden += self.store_array(array, value),
        }
    }

    /// GICD_SGIR (4.3.15). NSATT must fit the line's group where that decides.
    fn send(&mut self, value: u32) {
        let (sgi, list, sender) = ((value & 0xf) as usize, (value >> 16) as u8, 1u8 << self.own);
        let targets = match value >> 24 & 3 {
            0 => list,
            1 => !sender,
            2 => sender,
            _ => panic!("reserved target list filter"),
        };
        let group1 = self.view == View::NonSecure || value >> 15 & 1 != 0;
        for (number, interface) in self.interfaces.iter_mut().enumerate() {
            let line = &mut interface.private[sgi];
            if targets >> number & 1 != 0 && line.group1 == group1 && line.comes(Step::Pending) {
                line.route.senders |= sender;
            }
        }
    }

    /// The most urgent line that the distributor forwards to this CPU, whatever the group; with the CPU that sent it.
    fn highest(&mut self) -> Option<(usize, u32)> {
        let (own, control, non_secure) = (1 << self.own, self.control, self.view == View::NonSecure);
        let interface = &self.interfaces[self.own];
        let lines = interface.private.iter().enumerate().chain(self.shared.iter().enumerate().skip(32));
        let single = self.interfaces.len() == 1;
        let ready = lines.filter(|(number, line)| {
            // Bit 0 of CTLR is the only group of the Non-secure view, and Group 0 of the other.
            let bit = if line.group1 && !non_secure { 1 } else { 0 };
            let forwarded = control >> bit & 1 != 0 && interface.control >> bit & 1 != 0;
            let mine = *number < 32 || single || line.route.cpus & own != 0;
            forwarded && mine && line.enabled && line.waits() && !line.active
        });
        let most = ready.filter(|(_, line)| line.priority < interface.mask);
        let (number, line) = most.min_by_key(|(number, line)| (line.priority, *number))?;
        Some((number, line.route.senders.trailing_zeros() & 7))
    }

    /// Whether the CPU that accesses is told of an interrupt.
    pub(super) fn signals(&mut self) -> bool {
        self.highest().is_some()
    }

    /// GICC_IAR (4.4.4).
    fn acknowledge(&mut self) -> u32 {
        let Some((number, sender)) = self.highest() else { return 1023 };
        let (view, held) = (self.view, self.interface().active_priorities != 0);
        match self.line(number).filter(|line| line.comes(Step::Acknowledged)) {
            // Of the group that only the aliased registers acknowledge.
            Some(line) if view == View::Single && line.group1 => 1022,
            Some(_) if !held => self.activate(number, sender),
            // Secure, and this view isn't told more; or the running priority is more urgent.
            _ => 1023,
        }
    }

    fn activate(&mut self, number: usize, sender: u32) -> u32 {
        let sgi = number < 16;
        let Some(line) = self.line(number) else { return 1023 };
        line.active = line.comes(Step::Active);
        if sgi {
            line.route.senders &= !(1 << sender)
        } else {
            line.pending = false
        }
        number as u32 | if sgi { sender << 10 } else { 0 }
    }

    fn load_interface(&mut self, offset: usize) -> u32 {
        match offset {
            0x000 => self.interface().control,
            0x004 => {
                let mask = self.interface().mask;
                // The other half's mask isn't shown to the Non-secure view (4.4.2).
                let hidden = self.view == View::NonSecure && mask < 0x80;
                u32::from(if hidden { 0 } else { Self::shown(self.view, mask) })
            }
            0x00c => self.acknowledge(),
            other => panic!("load at {other:#x}"),
        }
    }

    fn store_interface(&mut self, offset: usize, value: u32) {
        let view = self.view;
        let interface = &mut self.interfaces[self.own];
        match offset {
            0x000 => interface.control = value & if view == View::NonSecure { 0x261 } else { 0x7ff },
            0x004 if view == View::NonSecure && interface.mask < 0x80 => {}
            0x004 => interface.mask = Self::kept(view, value as u8),
            0x008 => {}
            0x010 => {
                interface.ended.push(value);
                if let Some(line) = self.line((value & 0x3ff) as usize).filter(|line| line.comes(Step::Inactive)) {
                    line.active = false;
                }
            }
            0x0d0 => interface.active_priorities = value,
            0x0d4..0x0f0 => {}
            other => panic!("store at {other:#x}"),
        }
    }
}

impl Lines for Gic {
    type Route = Targets;

    /// As the CPU that accesses sees it; none where a Non-secure access finds a Group 0 line.
    fn line(&mut self, number: usize) -> Option<&mut LineModel> {
        let hides = self.view == View::NonSecure;
        let line = match number {
            0..32 => self.interfaces[self.own].private.get_mut(number),
            number => self.shared.get_mut(number),
        };
        line.filter(|line| !hides || line.group1)
    }
}

/// The distributor's window.
pub(super) struct DistributorModel(Rc<RefCell<Gic>>);
/// The CPU interfaces' window.
pub(super) struct InterfaceModel(Rc<RefCell<Gic>>);

impl Device for DistributorModel {
    fn load(&mut self, offset: usize, bytes: usize) -> u64 {
        assert_eq!(bytes, 4);
        let gic = &mut *self.0.borrow_mut();
        gic.accesses += 1;
        gic.load_distributor(offset).into()
    }

    fn store(&mut self, offset: usize, bytes: usize, value: u64) {
        assert_eq!(bytes, 4);
        let gic = &mut *self.0.borrow_mut();
        gic.accesses += 1;
        gic.store_distributor(offset, value as u32);
    }
}

impl Device for InterfaceModel {
    fn load(&mut self, offset: usize, bytes: usize) -> u64 {
        assert_eq!(bytes, 4);
        let gic = &mut *self.0.borrow_mut();
        gic.accesses += 1;
        gic.load_interface(offset).into()
    }

    fn store(&mut self, offset: usize, bytes: usize, value: u64) {
        assert_eq!(bytes, 4);
        let gic = &mut *self.0.borrow_mut();
        gic.accesses += 1;
        gic.store_interface(offset, value as u32);
    }
}

/// The CPU that accesses.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) gic: Rc<RefCell<Gic>>,
    pub(super) published: Cell<usize>,
    pub(super) observed: Cell<usize>,
}

impl Barrier for &Caller {
    fn publish(&self) {
        self.published.set(self.published.get() + 1);
    }

    fn observe(&self) {
        self.observed.set(self.observed.get() + 1);
    }
}

/// The windows of one modelled controller, and the CPU that uses it.
pub(super) type Parts = (&'static Model<DistributorModel>, &'static Model<InterfaceModel>, &'static Caller);

/// See [`Parts`].
pub(super) fn parts(gic: Gic) -> Parts {
    let gic = Rc::new(RefCell::new(gic));
    let caller = Box::leak(Box::new(Caller { gic: gic.clone(), published: Cell::new(0), observed: Cell::new(0) }));
    let distributor = Box::leak(Box::new(Model::new(DistributorModel(gic.clone()), 0x1000)));
    (distributor, Box::leak(Box::new(Model::new(InterfaceModel(gic), 0x2000))), caller)
}
