//! The driver against the model.

use std::cell::RefMut;
use std::vec::Vec;

use super::model::{Caller, DistributorModel, Gic, InterfaceModel, LineModel, View, parts};
use super::*;
use crate::gic_model::{Lines, goes_through_its_states};
use crate::mmio::fake::Model;
use crate::verify::faults::{self, Breakable, Fault, Gate};
use crate::verify::{VerifyError, verify, verify_cpu};
use crate::{CpuInterface, SgiTarget};

type Modelled = GicV2<&'static Model<DistributorModel>, &'static Model<InterfaceModel>, &'static Caller>;

const VIEWS: [View; 2] = [View::Single, View::NonSecure];
/// What QEMU's virt has: 9 × 32 lines.
const WORDS: u32 = 9;
const CPUS: usize = 4;

fn start(gic: Gic) -> Result<Modelled, InterruptError> {
    let (distributor, interface, cpu) = parts(gic);
    GicV2::new(distributor, interface, cpu)
}

fn started(view: View) -> Modelled {
    start(Gic::used(view, WORDS, CPUS)).expect("a GICv2")
}

fn model(gic: &Modelled) -> RefMut<'_, Gic> {
    caller(gic).gic.borrow_mut()
}

fn caller(gic: &Modelled) -> &'static Caller {
    gic.interface.cpu
}

/// The CPU with the interface of this number.
fn target(interface: usize) -> CpuTarget {
    CpuTarget(1 << interface)
}

/// From here on another CPU accesses.
fn on_cpu(gic: &Modelled, interface: usize) {
    model(gic).own = interface;
}

fn all_started(view: View) -> Modelled {
    let mut gic = started(view);
    for cpu in 1..CPUS {
        on_cpu(&gic, cpu);
        assert_eq!(gic.start_cpu(), Ok(target(cpu)));
    }
    on_cpu(&gic, 0);
    gic
}

fn taken(gic: &mut Modelled) -> Option<u32> {
    let taken = gic.interface().acknowledge()?;
    let intid = taken.intid().0;
    gic.interface().end(taken);
    Some(intid)
}

#[test]
fn a_cpu_that_stops_gets_nothing_and_can_start_again() {
    for view in VIEWS {
        let mut gic = all_started(view);
        on_cpu(&gic, 2);
        gic.enable(Intid(27)).expect("a PPI");
        gic.stop_cpu().expect("it stops");
        assert!(!model(&gic).interfaces[2].private[27].enabled, "{view:?}");
        on_cpu(&gic, 0);
        for cpu in [1, 2] {
            gic.interface().send(Intid(3), SgiTarget::Cpu(target(cpu))).expect("an SGI");
        }
        on_cpu(&gic, 2);
        assert!(!model(&gic).signals(), "{view:?}");
        assert_eq!(gic.start_cpu(), Ok(target(2)), "{view:?}");
        assert_eq!(taken(&mut gic), None, "{view:?}: what came meanwhile is gone");
        on_cpu(&gic, 1);
        assert_eq!(taken(&mut gic), Some(3), "{view:?}: the others go on");
    }
}

#[test]
fn interfaces_are_counted() {
    assert_eq!(started(View::Single).cpus(), CPUS as u32);
}

#[test]
fn firmwares_leavings_are_cleared() {
    for view in VIEWS {
        let gic = started(view);
        let model = model(&gic);
        // The Non-secure half of the priorities is the less urgent one: 0xa0 there is 0xd0 to the Secure view.
        let (priority, group1) = if view == View::Single { (0xa0, false) } else { (0xd0, true) };
        let quiet = |line: &LineModel| {
            let idle = !line.waits() && !line.active;
            idle && line.priority == priority && line.group1 == group1
        };
        let own = &model.interfaces[0];
        assert!(own.private.iter().all(quiet), "{view:?} {:?}", own.private);
        assert!(own.private.iter().skip(16).all(|line| !line.enabled), "SGIs alone can't be disabled");
        assert!(model.shared.iter().skip(32).all(|line| quiet(line) && !line.enabled), "{view:?}");
        assert_eq!((model.control, own.active_priorities), (1, 0), "{view:?}");
        assert_eq!(model.interfaces[1].active_priorities, 1, "another CPU's is its own affair");
    }
}

#[test]
fn the_interface_lets_everything_through_and_keeps_the_bypass() {
    for (view, mask, control) in [(View::Single, 0xf8, 0x1e1), (View::NonSecure, 0xf8, 0x61)] {
        let mut gic = Gic::used(view, WORDS, CPUS);
        gic.interface().control |= 0x61e;
        let gic = start(gic).expect("a GICv2");
        let own = &model(&gic).interfaces[0];
        assert_eq!((own.mask, own.control), (mask, control), "{view:?}");
    }
}

#[test]
fn init_goes_by_registers_and_not_by_lines() {
    let accesses = model(&started(View::Single)).accesses;
    assert!(accesses < 140, "{accesses} accesses for 288 lines");
}

#[test]
fn lines_end_below_the_special_numbers() {
    assert_eq!(started(View::Single).lines(), 288);
    let gic = start(Gic::used(View::Single, 32, 1)).expect("a GICv2");
    assert_eq!(gic.lines(), 1020);
    assert_eq!(gic.state(Intid(1020)), Err(InterruptError::NoSuchLine));
    assert!(model(&gic).shared.iter().skip(32).all(|line| line.priority == 0xa0 && !line.enabled));
}

#[test]
fn another_device_or_a_small_window_is_refused() {
    let newer = Gic { revision: 3, ..Gic::used(View::Single, WORDS, 1) };
    assert_eq!(start(newer).map(drop), Err(InterruptError::NotThere));
    let (_, interface, cpu) = parts(Gic::used(View::Single, WORDS, 1));
    let small = Model::new(|_, _| panic!("no access"), 0x800);
    assert_eq!(GicV2::new(&small, interface, cpu).map(drop), Err(InterruptError::WindowTooSmall));
    let (distributor, _, cpu) = parts(Gic::used(View::Single, WORDS, 1));
    let small = Model::new(|_, _| panic!("no access"), 0x80);
    assert_eq!(GicV2::new(distributor, &small, cpu).map(drop), Err(InterruptError::WindowTooSmall));
}

#[test]
fn a_mask_that_secure_software_holds_is_an_error() {
    let mut gic = Gic::used(View::NonSecure, WORDS, CPUS);
    gic.interface().mask = 0x7f;
    assert_eq!(start(gic).map(drop), Err(InterruptError::MaskHeld));
}

/// The way of an interrupt: enabled, pending, active, ended; on an SGI, a PPI and two SPIs, in both views.
#[test]
fn a_line_goes_through_its_states() {
    for (view, intid) in VIEWS.into_iter().flat_map(|view| [0, 27, 33, 287].map(|intid| (view, Intid(intid)))) {
        let mut gic = started(view);
        let cpu = gic.interface();
        goes_through_its_states(&mut gic, &cpu, intid, intid.0 < 16);
    }
}

#[test]
fn nothing_there_is_neither_an_interrupt_nor_ended() {
    let gic = started(View::Single);
    assert_eq!(gic.interface().acknowledge(), None, "1023");
    // A Group 1 interrupt that is the most urgent reads as 1022 in the view that uses Group 0.
    {
        let mut model = model(&gic);
        (model.control, model.interface().control) = (3, 3);
        let line = model.line(40).expect("a line");
        (line.group1, line.enabled, line.pending, line.route.cpus) = (true, true, true, 1);
    }
    assert_eq!(gic.interface().acknowledge(), None, "1022");
    let gic = started(View::NonSecure);
    {
        let mut model = model(&gic);
        let line = model.line(40).expect("a line");
        (line.group1, line.enabled, line.pending, line.route.cpus) = (false, true, true, 1);
    }
    assert_eq!(gic.interface().acknowledge(), None, "Secure software's");
    assert!(model(&gic).interfaces[0].ended.is_empty());
}

/// A line that Secure software has kept is read-as-zero and ignores writes: it doesn't enable.
#[test]
fn a_line_of_the_other_group_can_be_told() {
    let mut gic = started(View::NonSecure);
    model(&gic).line(40).expect("a line").group1 = false;
    gic.configure(Intid(40), Trigger::LevelHigh, Priority::DEFAULT).expect("nothing says that it didn't");
    gic.enable(Intid(40)).expect("nothing says that it didn't");
    assert_eq!(gic.state(Intid(40)), Ok(LineState::default()));
}

#[test]
fn neighbours_are_left_alone() {
    let mut gic = started(View::Single);
    gic.configure(Intid(33), Trigger::EdgeRising, Priority(0x40)).expect("a line");
    gic.enable(Intid(33)).expect("a line");
    gic.set_pending(Intid(33)).expect("a line");
    {
        let model = model(&gic);
        let marked = |line: &LineModel| line.enabled || line.pending || line.priority != 0xa0 || line.route.cpus != 0;
        let shared = model.shared.iter().enumerate().skip(32).filter(|(_, line)| marked(line));
        assert_eq!(shared.map(|(intid, _)| intid).collect::<Vec<_>>(), [33]);
    }
    gic.clear_pending(Intid(33)).expect("a line");
    assert_eq!(gic.interface().acknowledge(), None);
}

#[test]
fn the_most_urgent_comes_first_in_either_view() {
    for view in VIEWS {
        let mut gic = started(view);
        for (intid, priority) in [(40, 0xc0), (41, 0x20), (27, 0x80)] {
            gic.configure(Intid(intid), Trigger::LevelHigh, Priority(priority)).expect("a line");
            gic.enable(Intid(intid)).expect("a line");
            gic.set_pending(Intid(intid)).expect("a line");
        }
        let given = [40, 41].map(|intid| model(&gic).shared[intid].priority);
        let kept = if view == View::Single { [0xc0, 0x20] } else { [0xe0, 0x90] };
        assert_eq!(given, kept, "{view:?}: the Non-secure view's are halved into the upper half");
        let order: Vec<_> = (0..4).map(|_| taken(&mut gic)).collect();
        assert_eq!(order, [Some(41), Some(27), Some(40), None], "{view:?}");
    }
}

#[test]
fn triggers_change_only_on_disabled_lines() {
    let mut gic = started(View::Single);
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
    let mut gic = started(View::Single);
    for trigger in [Trigger::EdgeFalling, Trigger::LevelLow] {
        let configured = gic.configure(Intid(33), trigger, Priority::DEFAULT);
        assert_eq!(configured, Err(InterruptError::NotPossible), "{trigger:?}");
    }
    for wired in [27, 34] {
        model(&gic).line(wired).expect("a line").wired = true;
    }
    let configured = gic.configure(Intid(34), Trigger::EdgeRising, Priority::DEFAULT);
    assert_eq!(configured, Err(InterruptError::NotPossible), "wired to level");
    // The Pi's trees say level low for the timer, and nobody asks a PPI.
    gic.configure(Intid(27), Trigger::LevelLow, Priority::DEFAULT).expect("a PPI");
    gic.configure(Intid(27), Trigger::EdgeRising, Priority::DEFAULT).expect("a PPI, wired or not");
}

#[test]
fn an_spi_goes_to_the_cpu_that_configures_it_until_it_is_routed() {
    let mut gic = all_started(View::Single);
    on_cpu(&gic, 2);
    gic.configure(Intid(33), Trigger::LevelHigh, Priority::DEFAULT).expect("a line");
    gic.enable(Intid(33)).expect("a line");
    assert_eq!(model(&gic).shared[33].route.cpus, 0b100);
    gic.route(Intid(33), target(1)).expect("a line");
    assert_eq!(model(&gic).shared[33].route.cpus, 0b10);
    assert_eq!(gic.route(Intid(27), target(1)), Err(InterruptError::NotPossible), "a PPI has no route");
    gic.set_pending(Intid(33)).expect("a line");
    assert_eq!(taken(&mut gic), None, "the second interface's");
    on_cpu(&gic, 1);
    assert_eq!(taken(&mut gic), Some(33));
}

#[test]
fn each_cpu_has_its_own_private_lines() {
    let mut gic = all_started(View::NonSecure);
    on_cpu(&gic, 3);
    gic.configure(Intid(27), Trigger::LevelHigh, Priority(0x40)).expect("a PPI");
    gic.enable(Intid(27)).expect("a PPI");
    gic.set_pending(Intid(27)).expect("a PPI");
    on_cpu(&gic, 1);
    assert_eq!(gic.state(Intid(27)), Ok(LineState::default()));
    assert_eq!(taken(&mut gic), None);
    on_cpu(&gic, 3);
    assert_eq!(taken(&mut gic), Some(27));
}

#[test]
fn a_cpu_that_starts_leaves_the_others_and_the_shared_lines_alone() {
    let mut gic = started(View::Single);
    for intid in [27, 33] {
        gic.configure(Intid(intid), Trigger::LevelHigh, Priority(0x40)).expect("a line");
        gic.enable(Intid(intid)).expect("a line");
        gic.set_pending(Intid(intid)).expect("a line");
    }
    on_cpu(&gic, 1);
    assert_eq!(gic.start_cpu(), Ok(target(1)));
    assert_eq!(gic.start_cpu(), Ok(target(1)), "the same again, after it was off");
    assert_eq!(taken(&mut gic), None);
    on_cpu(&gic, 0);
    assert_eq!([taken(&mut gic), taken(&mut gic)], [Some(27), Some(33)]);
}

#[test]
fn a_cpu_without_an_interface_is_an_error() {
    // One of four that reads as none of them, or as two.
    for targets in [0, 0b11] {
        let mut gic = started(View::Single);
        model(&gic).wrong_targets = Some(targets);
        assert_eq!(gic.start_cpu(), Err(InterruptError::NoInterface));
    }
}

#[test]
fn the_only_cpu_has_no_targets() {
    // ITARGETSR is read-as-zero there (4.3.12).
    let mut gic = start(Gic::used(View::Single, WORDS, 1)).expect("a GICv2");
    let only = gic.start_cpu().expect("itself");
    gic.route(Intid(33), only).expect("a line");
    gic.configure(Intid(33), Trigger::LevelHigh, Priority::DEFAULT).expect("a line");
    gic.enable(Intid(33)).expect("a line");
    gic.set_pending(Intid(33)).expect("a line");
    assert_eq!(taken(&mut gic), Some(33));
    gic.set_pending(Intid(2)).expect("an SGI");
    assert_eq!(taken(&mut gic), Some(2));
    gic.interface().send(Intid(3), SgiTarget::Cpu(only)).expect("to itself");
    gic.interface().send(Intid(4), SgiTarget::Others).expect("to nobody");
    assert_eq!([taken(&mut gic), taken(&mut gic)], [Some(3), None]);
}

#[test]
fn lines_that_are_not_there_are_errors() {
    let mut gic = started(View::Single);
    for intid in [288, 1019, 1023, 4096, u32::MAX].map(Intid) {
        assert_eq!(gic.enable(intid), Err(InterruptError::NoSuchLine));
        assert_eq!(gic.configure(intid, Trigger::LevelHigh, Priority(0)), Err(InterruptError::NoSuchLine));
        assert_eq!(gic.route(intid, target(0)), Err(InterruptError::NoSuchLine));
        assert_eq!(gic.clear_pending(intid), Err(InterruptError::NoSuchLine));
    }
}

/// EOIR takes back what IAR gave: INTID and sender.
#[test]
fn sgis_are_ended_with_their_sender() {
    for view in VIEWS {
        let mut gic = all_started(view);
        for sender in [1, 3] {
            on_cpu(&gic, sender);
            gic.interface().send(Intid(5), SgiTarget::Cpu(target(2))).expect("an SGI");
        }
        on_cpu(&gic, 2);
        assert_eq!([taken(&mut gic), taken(&mut gic), taken(&mut gic)], [Some(5), Some(5), None], "{view:?}");
        assert_eq!(model(&gic).interfaces[2].ended, [5 | 1 << 10, 5 | 3 << 10], "{view:?}");
    }
}

#[test]
fn sgis_name_their_target() {
    let mut gic = all_started(View::Single);
    gic.interface().send(Intid(1), SgiTarget::Others).expect("an SGI");
    let got = |gic: &Modelled| [0, 1, 2, 3].map(|cpu: usize| model(gic).interfaces[cpu].private[1].route.senders);
    assert_eq!(got(&gic), [0, 1, 1, 1]);
    assert_eq!(caller(&gic).published.get(), 1, "memory comes before the SGI");
    on_cpu(&gic, 1);
    assert_eq!(taken(&mut gic), Some(1));
    assert_eq!(caller(&gic).observed.get(), 1, "and is read behind what acknowledges it");
    assert_eq!(gic.interface().send(Intid(16), SgiTarget::Others), Err(InterruptError::NotPossible));
}

impl Breakable for Modelled {
    fn started() -> Self {
        all_started(View::NonSecure)
    }

    fn verify(&mut self, signals: bool) -> Result<(), VerifyError> {
        let (interface, caller) = (self.interface(), caller(self));
        verify(self, &interface, || signals && caller.gic.borrow_mut().signals())
    }

    fn verify_cpu(&mut self) -> Result<(), VerifyError> {
        let (interface, caller) = (self.interface(), caller(self));
        verify_cpu(self, &interface, || caller.gic.borrow_mut().signals())
    }

    fn shut(&mut self, gate: Gate) {
        let mut model = model(self);
        match gate {
            Gate::Distributor => model.control = 0,
            Gate::Interface => model.interface().control = 0,
            // As the Non-secure view has it.
            Gate::Mask => model.interface().mask = 0xc0,
        }
    }

    fn break_line(&mut self, line: usize, fault: Fault) {
        let mut model = model(self);
        let line = model.line(line).expect("a line");
        (line.fault, line.enabled) = (Some(fault), false);
    }

    fn raise(&mut self, line: usize, priority: u8) {
        let mut model = model(self);
        let line = model.line(line).expect("a line");
        (line.priority, line.enabled, line.pending) = (0x80 | priority >> 1, true, true);
    }

    fn is_quiet(&mut self) -> bool {
        let model = model(self);
        let own = model.interfaces[0].private.iter().enumerate();
        let mut lines = own.chain(model.shared.iter().enumerate().skip(32));
        let idle = |line: &LineModel| !line.waits() && !line.active;
        lines.all(|(number, line)| idle(line) && (number < 16 || !line.enabled))
    }
}

#[test]
fn each_step_of_its_verification_has_a_name() {
    faults::each_step_has_a_name::<Modelled>();
}
