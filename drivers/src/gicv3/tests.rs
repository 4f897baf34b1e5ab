//! The driver against the model.

use std::cell::RefMut;
use std::vec;
use std::vec::Vec;

use super::model::{Cpu, DistributorModel, Gic, LineModel, RedistributorModel, parts};
use hardware::board::Mpidr;

use super::*;
use crate::gic_model::goes_through_its_states;
use crate::mmio::fake::Model;
use crate::verify::faults::{self, Breakable, Fault, Gate};
use crate::verify::{VerifyError, verify, verify_cpu};
use crate::{CpuInterface, SgiTarget};

type Modelled = GicV3<Model<DistributorModel>, Model<RedistributorModel>, &'static Cpu>;

/// Virtual LPIs, so that its frames take 0x40000 bytes (GICR_TYPER.VLPIS).
const VLPIS: u64 = 1 << 1;
/// The last of its region (GICR_TYPER.Last).
const LAST: u64 = 1 << 4;
/// What QEMU's virt has: 9 × 32 lines.
const WORDS: u32 = 9;

/// GICR_TYPER of the CPU with these affinity fields.
fn typer(aff3: u64, aff2: u64, aff1: u64, aff0: u64) -> u64 {
    aff3 << 56 | aff2 << 48 | aff1 << 40 | aff0 << 32
}

fn virt() -> Gic {
    Gic::used(WORDS, vec![typer(0, 0, 0, 0) | LAST], 0)
}

fn start(gic: Gic, affinity: u64) -> Result<Modelled, InterruptError> {
    let (distributor, redistributors, cpu) = parts(gic, affinity);
    GicV3::new(distributor, redistributors, &*cpu)
}

fn started() -> Modelled {
    start(virt(), 0).expect("a GICv3")
}

fn model(gic: &Modelled) -> RefMut<'_, Gic> {
    gic.cpu.gic.borrow_mut()
}

#[test]
fn firmwares_leavings_are_cleared() {
    let gic = started();
    let model = model(&gic);
    let quiet = |line: &LineModel| {
        !line.enabled && !line.pending && !line.active && line.group1 && line.priority == Priority::DEFAULT.0
    };
    assert!(model.private.iter().all(quiet), "{:?}", model.private);
    assert!(model.shared.iter().skip(32).all(quiet), "{:?}", model.shared);
    assert_eq!(model.control, 0x12, "affinity routing and Group 1");
    assert!(!model.asleep);
}

#[test]
fn a_cpu_that_stops_gets_nothing_and_can_start_again() {
    let mut gic = started();
    gic.enable(Intid(27)).expect("a PPI");
    gic.stop_cpu().expect("it stops");
    assert!(model(&gic).asleep && model(&gic).on_at_sleep == Some(false), "the interface first");
    gic.set_pending(Intid(27)).expect("a PPI");
    assert!(gic.interface().acknowledge().is_none() && !model(&gic).private[27].enabled);
    gic.start_cpu().expect("it starts");
    assert!(!model(&gic).asleep && !model(&gic).private[27].pending, "what came meanwhile is gone");
}

#[test]
fn a_cpu_whose_redistributor_is_firmwares_stops_too() {
    let mut gic = start(Gic { waker_is_secure: true, asleep: false, ..virt() }, 0).expect("a GICv3");
    assert_eq!(gic.stop_cpu(), Ok(()));
    assert!(!gic.cpu.on.get());
}

#[test]
fn redistributors_are_counted_to_the_last() {
    assert_eq!(started().cpus(), 1);
    let four = vec![typer(0, 0, 0, 0), typer(0, 0, 0, 1) | VLPIS, typer(0, 0, 1, 0), typer(0, 0, 1, 1) | LAST, LAST];
    assert_eq!(start(Gic::used(WORDS, four, 0), 0).expect("a GICv3").cpus(), 4);
}

#[test]
fn init_goes_by_registers_and_not_by_lines() {
    let gic = started();
    let accesses = model(&gic).accesses;
    assert!(accesses < 160, "{accesses} accesses for 288 lines");
}

#[test]
fn lines_end_below_the_special_numbers() {
    assert_eq!(started().lines(), 288);
    let gic = start(Gic::used(32, vec![LAST], 0), 0).expect("a GICv3");
    assert_eq!(gic.lines(), 1020);
    assert_eq!(gic.state(Intid(1020)), Err(InterruptError::NoSuchLine));
}

#[test]
fn another_device_or_a_small_window_is_refused() {
    assert_eq!(start(Gic { revision: 2, ..virt() }, 0).map(drop), Err(InterruptError::NotThere));
    let (_, redistributors, cpu) = parts(virt(), 0);
    let small = Model::new(|_, _| panic!("no access"), 0x1000);
    assert_eq!(GicV3::new(small, redistributors, &*cpu).map(drop), Err(InterruptError::WindowTooSmall));
}

#[test]
fn a_gicv4_is_a_gicv3() {
    assert!(start(Gic { revision: 4, ..virt() }, 0).is_ok());
}

#[test]
fn the_own_redistributor_is_found_by_affinity() {
    // MPIDR_EL1 has Aff3 at bit 32, GICR_TYPER packs the four.
    let region =
        vec![typer(0, 0, 0, 0), typer(0, 0, 1, 0) | VLPIS, typer(2, 0, 1, 3) | VLPIS, typer(2, 0, 1, 4) | LAST];
    for (own, affinity) in [(0, 0), (1, 0x100), (2, 0x2_0000_0103), (3, 0x2_0000_0104)] {
        let gic = start(Gic::used(WORDS, region.clone(), own), affinity).expect("one of four");
        assert!(!model(&gic).asleep, "the model refuses accesses to another CPU's frames");
    }
}

/// Calls about private lines are about the CPU that makes them.
#[test]
fn each_cpu_starts_its_own_redistributor() {
    let mut gic = start(Gic::used(WORDS, vec![typer(0, 0, 0, 0), typer(0, 0, 1, 0) | LAST], 0), 0).expect("a GICv3");
    gic.cpu.affinity.set(0x100);
    (model(&gic).own, model(&gic).asleep) = (1, true);
    assert_eq!(gic.start_cpu(), Ok(CpuTarget(0x100)));
    assert!(!model(&gic).asleep);
    gic.enable(Intid(27)).expect("the model refuses accesses to another CPU's frames");
    gic.configure(Intid(33), Trigger::LevelHigh, Priority::DEFAULT).expect("a line");
    assert_eq!(model(&gic).shared[33].route, 0x100);
}

#[test]
fn a_cpu_without_a_redistributor_is_an_error() {
    let region = vec![typer(0, 0, 0, 0), typer(0, 0, 0, 1) | LAST, typer(0, 0, 0, 2)];
    let gic = Gic::used(WORDS, region, 0);
    assert_eq!(start(gic, 2).map(drop), Err(InterruptError::NoRedistributor), "past the last");
    let endless = Model::new(|_, _| 0xff << 32, 0x10_0000);
    assert_eq!(Redistributor::find(endless, Mpidr(0)).map(drop), Err(InterruptError::NoRedistributor));
}

#[test]
fn waiting_is_bounded() {
    assert_eq!(start(Gic { latency: u32::MAX, ..virt() }, 0).map(drop), Err(InterruptError::Stuck));
    assert_eq!(start(Gic { wakes: false, ..virt() }, 0).map(drop), Err(InterruptError::Stuck));
}

#[test]
fn a_cpu_without_system_registers_is_an_error() {
    let (distributor, redistributors, cpu) = parts(virt(), 0);
    cpu.has_system_registers = false;
    let gic = GicV3::new(distributor, redistributors, &*cpu);
    assert_eq!(gic.map(drop), Err(InterruptError::NoSystemRegisters));
}

/// The way of an interrupt: enabled, pending, active, ended; on an SGI, a PPI and two SPIs.
#[test]
fn a_line_goes_through_its_states() {
    for intid in [0, 27, 33, 287].map(Intid) {
        let mut gic = started();
        let cpu = gic.interface();
        goes_through_its_states(&mut gic, &cpu, intid, false);
    }
}

#[test]
fn neighbours_are_left_alone() {
    let mut gic = started();
    gic.configure(Intid(33), Trigger::EdgeRising, Priority(0x40)).expect("a line");
    gic.enable(Intid(33)).expect("a line");
    gic.set_pending(Intid(33)).expect("a line");
    let others = |gic: &Modelled| -> Vec<u32> {
        let model = model(gic);
        let marked = |line: &LineModel| line.enabled || line.pending || line.priority != Priority::DEFAULT.0;
        let shared = model.shared.iter().enumerate().skip(32).filter(|(_, line)| marked(line));
        shared.map(|(intid, _)| intid as u32).collect()
    };
    assert_eq!(others(&gic), [33]);
    gic.clear_pending(Intid(33)).expect("a line");
    assert_eq!(gic.interface().acknowledge(), None);
}

#[test]
fn the_most_urgent_comes_first() {
    let mut gic = started();
    for (intid, priority) in [(40, 0xc0), (41, 0x20), (27, 0x80)] {
        gic.configure(Intid(intid), Trigger::LevelHigh, Priority(priority)).expect("a line");
        gic.enable(Intid(intid)).expect("a line");
        gic.set_pending(Intid(intid)).expect("a line");
    }
    let given = |intid: usize| model(&gic).shared[intid].priority;
    assert_eq!([given(40), given(41)], [0xc0, 0x20], "as told, to the bit");
    let order: Vec<_> = (0..4).map(|_| gic.interface().acknowledge().map(|taken| taken.intid())).collect();
    assert_eq!(order, [Some(Intid(41)), Some(Intid(27)), Some(Intid(40)), None]);
}

#[test]
fn triggers_change_only_on_disabled_lines() {
    let mut gic = started();
    for trigger in [Trigger::EdgeRising, Trigger::LevelHigh] {
        gic.enable(Intid(33)).expect("a line");
        gic.configure(Intid(33), trigger, Priority::DEFAULT).expect("a line");
        let model = model(&gic);
        assert_eq!(model.shared[33].edge, trigger == Trigger::EdgeRising);
        assert_eq!((model.forbidden, model.shared[33].enabled), (0, false));
    }
}

#[test]
fn triggers_that_an_spi_can_not_have_are_refused() {
    let mut gic = started();
    for trigger in [Trigger::EdgeFalling, Trigger::LevelLow] {
        let configured = gic.configure(Intid(33), trigger, Priority::DEFAULT);
        assert_eq!(configured, Err(InterruptError::NotPossible), "{trigger:?}");
    }
    model(&gic).shared[34].wired = true;
    let configured = gic.configure(Intid(34), Trigger::EdgeRising, Priority::DEFAULT);
    assert_eq!(configured, Err(InterruptError::NotPossible), "wired to level");
}

#[test]
fn a_ppis_polarity_is_not_asked() {
    // The Pi's trees say level low for the timer.
    let mut gic = started();
    gic.configure(Intid(27), Trigger::LevelLow, Priority::DEFAULT).expect("a PPI");
    assert!(!model(&gic).private[27].edge);
    gic.configure(Intid(27), Trigger::EdgeFalling, Priority::DEFAULT).expect("a PPI");
    assert!(model(&gic).private[27].edge);
}

#[test]
fn an_spi_goes_to_the_cpu_that_configures_it_until_it_is_routed() {
    let gic = Gic::used(WORDS, vec![typer(1, 2, 3, 4) | LAST], 0);
    // Bit 31 and the multiprocessing bits of MPIDR_EL1 don't belong into IROUTER.
    let mut gic = start(gic, 0x1_0002_0304).expect("a GICv3");
    gic.configure(Intid(33), Trigger::LevelHigh, Priority::DEFAULT).expect("a line");
    assert_eq!(model(&gic).shared[33].route, 0x1_0002_0304);
    gic.route(Intid(33), CpuTarget(0x1_c100_0005)).expect("a line");
    assert_eq!(model(&gic).shared[33].route, 0x1_0000_0005);
    assert_eq!(gic.route(Intid(27), CpuTarget(0)), Err(InterruptError::NotPossible), "a PPI has no route");
}

#[test]
fn lines_that_are_not_there_are_errors() {
    let mut gic = started();
    for intid in [288, 1019, 1023, 4096, u32::MAX].map(Intid) {
        assert_eq!(gic.enable(intid), Err(InterruptError::NoSuchLine));
        assert_eq!(gic.configure(intid, Trigger::LevelHigh, Priority(0)), Err(InterruptError::NoSuchLine));
        assert_eq!(gic.route(intid, CpuTarget(0)), Err(InterruptError::NoSuchLine));
    }
}

#[test]
fn sgis_name_their_target() {
    let gic = started();
    // ICC_SGI1R_EL1: Aff3 55..48, RS 47..44, IRM 40, Aff2 39..32, INTID 27..24, Aff1 23..16, TargetList 15..0.
    gic.interface().send(Intid(1), SgiTarget::Others).expect("an SGI");
    gic.interface().send(Intid(15), SgiTarget::Cpu(CpuTarget(0x9_0008_0722))).expect("an SGI");
    assert_eq!(*gic.cpu.sent.borrow(), [0x0000_0100_0100_0000, 0x0009_2008_0f07_0004]);
    assert_eq!(gic.interface().send(Intid(16), SgiTarget::Others), Err(InterruptError::NotPossible));
}

impl Breakable for Modelled {
    fn started() -> Self {
        started()
    }

    fn verify(&mut self, signals: bool) -> Result<(), VerifyError> {
        let (interface, cpu) = (self.interface(), self.cpu);
        verify(self, &interface, || signals && cpu.highest().is_some())
    }

    fn verify_cpu(&mut self) -> Result<(), VerifyError> {
        let (interface, cpu) = (self.interface(), self.cpu);
        verify_cpu(self, &interface, || cpu.highest().is_some())
    }

    fn shut(&mut self, gate: Gate) {
        match gate {
            Gate::Distributor => model(self).control = 0x10,
            Gate::Interface => self.cpu.on.set(false),
            Gate::Mask => self.cpu.mask.set(0x80),
        }
    }

    fn break_line(&mut self, line: usize, fault: Fault) {
        let mut model = model(self);
        let model = &mut *model;
        let line = if line < 32 { &mut model.private[line] } else { &mut model.shared[line] };
        line.fault = Some(fault);
    }

    fn raise(&mut self, line: usize, priority: u8) {
        let line = &mut model(self).private[line];
        (line.priority, line.enabled, line.pending) = (priority, true, true);
    }

    fn is_quiet(&mut self) -> bool {
        let model = model(self);
        let mut lines = model.private.iter().chain(model.shared.iter().skip(32));
        lines.all(|line| !line.enabled && !line.pending && !line.active)
    }
}

#[test]
fn each_step_of_its_verification_has_a_name() {
    faults::each_step_has_a_name::<Modelled>();
}
