//! A GICv3 to test against: offsets and behaviour are those of IHI 0069H, 12.8 and 12.10.

use std::boxed::Box;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::vec;
use std::vec::Vec;

use hardware::board::Mpidr;

use super::SystemRegisters;
use crate::gic_model::{self, Lines};
use crate::mmio::fake::{Device, Model};
use crate::verify::Step;

/// One block's state a line: the distributor's for 32 up, a redistributor's for 0 to 31; and its IROUTER.
pub(super) type LineModel = gic_model::LineModel<u64>;

/// The whole controller.
#[derive(Debug)]
pub(super) struct Gic {
    pub(super) shared: Vec<LineModel>,
    pub(super) private: Vec<LineModel>,
    pub(super) control: u32,
    pub(super) typer: u32,
    pub(super) revision: u32,
    /// Reads of CTLR for which RWP stays set after a write that needs it; `u32::MAX` is for ever.
    pub(super) latency: u32,
    pub(super) busy: u32,
    /// GICR_TYPER of each redistributor, in order.
    pub(super) redistributors: Vec<u64>,
    /// The one that has `private`.
    pub(super) own: usize,
    pub(super) asleep: bool,
    pub(super) wakes: bool,
    /// Whether WAKER is Secure software's: read-as-zero, and writes are ignored.
    pub(super) waker_is_secure: bool,
    /// The CPU interface's group when the redistributor was sent to sleep.
    pub(super) on_at_sleep: Option<bool>,
    pub(super) on: Rc<Cell<bool>>,
    /// Lines whose trigger changed while they were enabled.
    pub(super) forbidden: u32,
    pub(super) accesses: usize,
}

const RWP: u32 = 1 << 31;

impl Gic {
    /// With firmware's leavings: everything enabled, pending and active.
    pub(super) fn used(words: u32, redistributors: Vec<u64>, own: usize) -> Self {
        let left = LineModel::used();
        let lines = (words as usize * 32).min(1020);
        Self {
            shared: vec![left.clone(); lines],
            private: vec![left; 32],
            control: 0x12,
            typer: words - 1,
            revision: 3,
            latency: 2,
            busy: 0,
            redistributors,
            own,
            asleep: true,
            wakes: true,
            waker_is_secure: false,
            on_at_sleep: None,
            on: Rc::default(),
            forbidden: 0,
            accesses: 0,
        }
    }

    fn rwp(&mut self) -> u32 {
        if self.busy == 0 {
            return 0;
        }
        self.busy -= u32::from(self.busy != u32::MAX);
        RWP
    }

    fn bank(&mut self, private: bool) -> &mut Vec<LineModel> {
        if private { &mut self.private } else { &mut self.shared }
    }

    fn store_array(&mut self, private: bool, offset: usize, value: u32) {
        self.forbidden += self.bank(private).store_array(offset, value);
        if (0x180..0x200).contains(&offset) {
            self.busy = self.latency;
        }
    }
}

/// The distributor's window.
pub(super) struct DistributorModel(Rc<RefCell<Gic>>);
/// The redistributors' region.
pub(super) struct RedistributorModel(Rc<RefCell<Gic>>);

impl Device for DistributorModel {
    fn load(&mut self, offset: usize, bytes: usize) -> u64 {
        assert_eq!(bytes, 4);
        let gic = &mut *self.0.borrow_mut();
        gic.accesses += 1;
        u64::from(match offset {
            0x0000 => gic.control | gic.rwp(),
            0x0004 => gic.typer,
            0xffe8 => gic.revision << 4 | 0xb,
            offset => gic.shared.load_array(offset),
        })
    }

    fn store(&mut self, offset: usize, bytes: usize, value: u64) {
        let gic = &mut *self.0.borrow_mut();
        gic.accesses += 1;
        match (offset, bytes) {
            (0x0000, 4) => {
                assert!(gic.control & 0x10 == 0 || value & 0x10 != 0, "ARE mustn't go off");
                gic.control = value as u32 & !RWP;
                gic.busy = gic.latency;
            }
            (0x6100..0x8000, 8) => gic.shared[(offset - 0x6000) / 8].route = value,
            (offset, 4) => gic.store_array(false, offset, value as u32),
            other => panic!("store of {other:x?}"),
        }
    }
}

impl RedistributorModel {
    /// Index of the redistributor at an offset of the region, and the offset in it.
    fn locate(gic: &Gic, offset: usize) -> (usize, usize) {
        let mut start = 0;
        for (index, typer) in gic.redistributors.iter().enumerate() {
            let size = if typer & 2 != 0 { 0x4_0000 } else { 0x2_0000 };
            if offset < start + size {
                return (index, offset - start);
            }
            start += size;
        }
        panic!("{offset:#x} is past the last redistributor");
    }
}

impl Device for RedistributorModel {
    fn load(&mut self, offset: usize, bytes: usize) -> u64 {
        let gic = &mut *self.0.borrow_mut();
        gic.accesses += 1;
        let (index, offset) = Self::locate(gic, offset);
        if (offset, bytes) == (0x8, 8) {
            return gic.redistributors[index];
        }
        assert_eq!((index, bytes), (gic.own, 4), "another CPU's redistributor");
        u64::from(match offset {
            0x0000 => gic.rwp() >> 28,
            0x0014 if gic.waker_is_secure => 0,
            0x0014 => u32::from(gic.asleep) * 6,
            0x1_0080..0x1_1000 => gic.private.load_array(offset - 0x1_0000),
            other => panic!("load at {other:#x}"),
        })
    }

    fn store(&mut self, offset: usize, bytes: usize, value: u64) {
        let gic = &mut *self.0.borrow_mut();
        gic.accesses += 1;
        let (index, offset) = Self::locate(gic, offset);
        assert_eq!((index, bytes), (gic.own, 4), "another CPU's redistributor");
        match offset {
            0x0014 if gic.waker_is_secure => {}
            0x0014 => {
                gic.asleep = value & 2 != 0 || !gic.wakes;
                gic.on_at_sleep = gic.asleep.then(|| gic.on.get());
            }
            0x1_0080..0x1_1000 => gic.store_array(true, offset - 0x1_0000, value as u32),
            other => panic!("store at {other:#x}"),
        }
    }
}

/// The system registers.
#[derive(Debug)]
pub(super) struct Cpu {
    pub(super) gic: Rc<RefCell<Gic>>,
    pub(super) affinity: Cell<u64>,
    pub(super) has_system_registers: bool,
    pub(super) mask: Cell<u8>,
    pub(super) on: Rc<Cell<bool>>,
    /// The priority of something that was taken and not ended, as ICC_AP1R0_EL1 has it: nothing less urgent comes.
    pub(super) active: Cell<Option<u8>>,
    pub(super) sent: RefCell<Vec<u64>>,
}

impl SystemRegisters for &Cpu {
    fn affinity(&self) -> Mpidr {
        Mpidr(self.affinity.get())
    }
    fn enable_system_registers(&self) -> bool {
        self.has_system_registers
    }
    fn set_control(&self, value: u64) {
        assert_eq!(value & 2, 0, "EOImode 1 isn't used");
    }
    fn set_priorities(&self, mask: u8, _: u8) {
        self.mask.set(mask);
    }
    fn clear_active_priorities(&self) {
        self.active.set(None);
    }
    fn priority_mask(&self) -> u8 {
        self.mask.get()
    }
    fn group1_enabled(&self) -> bool {
        self.on.get()
    }
    fn enable_group1(&self) {
        self.on.set(true);
    }
    fn disable_group1(&self) {
        self.on.set(false);
    }
    fn acknowledge(&self) -> u32 {
        let Some(intid) = self.highest() else { return 1023 };
        let gic = &mut *self.gic.borrow_mut();
        let line = &mut gic.bank(intid < 32)[intid as usize];
        if !line.comes(Step::Acknowledged) {
            return 1023;
        }
        (line.pending, line.active) = (false, line.comes(Step::Active));
        intid
    }
    fn end(&self, intid: u32) {
        let gic = &mut *self.gic.borrow_mut();
        let line = &mut gic.bank(intid < 32)[intid as usize];
        line.active &= !line.comes(Step::Inactive);
    }
    fn send(&self, value: u64) {
        self.sent.borrow_mut().push(value);
        let own = self.affinity.get();
        let own_fields = (own >> 32 & 0xff) << 48 | (own >> 16 & 0xff) << 32 | (own >> 8 & 0xff) << 16;
        let own_target = (own & 0xf0) << 40 | own_fields;
        if value & 0x00ff_f0ff_00ff_0000 == own_target && value >> (own & 0xf) & 1 != 0 {
            let line = &mut self.gic.borrow_mut().private[(value >> 24 & 0xf) as usize];
            line.pending = line.comes(Step::Pending);
        }
    }
}

impl Cpu {
    /// The most urgent enabled, pending line of Group 1 above the mask.
    pub(super) fn highest(&self) -> Option<u32> {
        let gic = self.gic.borrow();
        let (on, mask, open) = (self.on.get(), self.mask.get(), gic.control & 0x12 == 0x12);
        let lines = gic.private.iter().chain(gic.shared.iter().skip(32)).enumerate();
        let mask = self.active.get().map_or(mask, |active| mask.min(active));
        let ready = lines.filter(|(_, line)| {
            on && open && line.enabled && line.pending && !line.active && line.group1 && line.priority < mask
        });
        ready.min_by_key(|(intid, line)| (line.priority, *intid)).map(|(intid, _)| intid as u32)
    }
}

/// The windows and the CPU interface of one modelled controller.
pub(super) fn parts(gic: Gic, affinity: u64) -> (Model<DistributorModel>, Model<RedistributorModel>, &'static mut Cpu) {
    let region = 0x4_0000 * gic.redistributors.len();
    let on = Rc::clone(&gic.on);
    let gic = Rc::new(RefCell::new(gic));
    let cpu = Cpu {
        gic: gic.clone(),
        affinity: Cell::new(affinity),
        has_system_registers: true,
        mask: Cell::new(0),
        on,
        active: Cell::new(Some(0)),
        sent: RefCell::default(),
    };
    let distributor = Model::new(DistributorModel(gic.clone()), 0x1_0000);
    (distributor, Model::new(RedistributorModel(gic), region), Box::leak(Box::new(cpu)))
}
