//! Which change gives which verdict.

use std::string::ToString;
use std::vec;

use super::fake::Part;
use super::*;
use crate::board::*;
use crate::check::{TooFewRows, Unresolved};

const UART_FACTS: [&str; 4] = ["serial0.compatible", "serial0.window[0]", "serial0.interrupt[0]", "serial0.clock[0]"];

#[test]
fn a_pristine_machine_matches_in_every_fact() {
    let ledger = ledger(|_| ());
    assert_eq!(differences(&ledger), []);
    assert_eq!(ledger.counts().matched, BOARD.facts.len());
    assert_eq!(ledger.rows().len(), BOARD.facts.len());
}

#[test]
fn a_changed_value_drifts_alone() {
    let moved = Window { base: 0x902_0000, size: 0x1000 };
    let ledger = ledger(|machine| machine.at("/soc/rtc@9010000").windows = vec![Ok(moved)]);
    assert_eq!(differences(&ledger), [("rtc.window[0]", Verdict::Drift)]);
    assert_eq!(row(&ledger, "rtc.window[0]").live, Some(Value::Window(moved)));
}

#[test]
fn a_missing_value_is_missing_alone() {
    let ledger = ledger(|machine| machine.at("/soc/rtc@9010000").interrupts.clear());
    assert_eq!(differences(&ledger), [("rtc.interrupt[0]", Verdict::Missing)]);
}

#[test]
fn a_value_without_meaning_is_unresolvable_with_its_reason() {
    let ledger = ledger(|machine| machine.at("/soc/rtc@9010000").windows = vec![Err(Unresolved::OutsideRanges)]);
    assert_eq!(differences(&ledger), [("rtc.window[0]", Verdict::Unresolvable)]);
    assert_eq!(row(&ledger, "rtc.window[0]").reason, Some(Unresolved::OutsideRanges));
}

#[test]
fn a_disabled_device_is_disabled_in_all_its_facts() {
    let ledger = ledger(|machine| machine.at("/soc/serial@9000000").enabled = false);
    assert_eq!(differences(&ledger), UART_FACTS.map(|name| (name, Verdict::Disabled)));
}

#[test]
fn a_removed_device_is_missing_in_all_its_facts() {
    let ledger = ledger(|machine| machine.remove("/soc/serial@9000000"));
    assert_eq!(differences(&ledger), UART_FACTS.map(|name| (name, Verdict::Missing)));
}

#[test]
fn another_compatible_drifts_and_shows_the_most_specific_string() {
    let ledger = ledger(|machine| machine.at("/soc/rtc@9010000").compatible = vec!["vendor,clock", "generic,clock"]);
    assert_eq!(differences(&ledger), [("rtc.compatible", Verdict::Drift)]);
    assert_eq!(row(&ledger, "rtc.compatible").live, Some(Value::Compatible("vendor,clock")));
}

#[test]
fn a_more_specific_string_in_front_still_matches() {
    let ledger = ledger(|machine| machine.at("/soc/rtc@9010000").compatible.insert(0, "vendor,pl031"));
    assert_eq!(differences(&ledger), []);
}

#[test]
fn a_node_without_compatible_is_missing_as_that_device() {
    let ledger = ledger(|machine| machine.at("/soc/rtc@9010000").compatible.clear());
    assert_eq!(differences(&ledger), [("rtc.compatible", Verdict::Missing)]);
}

#[test]
fn a_device_under_another_path_is_the_same_device() {
    let ledger = ledger(|machine| machine.at("/soc/rtc@9010000").path = "/soc/clock@9010000");
    assert_eq!(differences(&ledger), []);
    assert_eq!(row(&ledger, "rtc.window[0]").found_as, Some("clock@9010000"));
}

#[test]
fn a_device_at_another_address_drifts_instead_of_going_missing() {
    let moved = Window { base: 0x902_0000, size: 0x1000 };
    let ledger = ledger(|machine| {
        let rtc = machine.at("/soc/rtc@9010000");
        rtc.path = "/soc/rtc@9020000";
        rtc.windows = vec![Ok(moved)];
    });
    assert_eq!(differences(&ledger), [("rtc.window[0]", Verdict::Drift)]);
}

#[test]
fn two_candidates_for_a_moved_device_are_none() {
    let ledger = ledger(|machine| {
        let rtc = machine.at("/soc/rtc@9010000");
        rtc.path = "/soc/rtc@9020000";
        let second = Part { path: "/soc/rtc@9030000", ..rtc.clone() };
        machine.0.push(second);
    });
    let expected = [
        ("rtc.compatible", Verdict::Missing),
        ("rtc.window[0]", Verdict::Missing),
        ("rtc.interrupt[0]", Verdict::Missing),
        ("rtc@9020000", Verdict::Extra),
        ("rtc@9030000", Verdict::Extra),
    ];
    assert_eq!(differences(&ledger), expected);
}

#[test]
fn one_node_never_stands_for_two_lost_devices() {
    let ledger = ledger(|machine| {
        machine.remove("/soc/virtio_mmio@a000000");
        machine.at("/soc/virtio_mmio@a000200").path = "/soc/virtio_mmio@a000400";
    });
    let expected = [
        ("virtio_mmio@a000000.compatible", Verdict::Missing),
        ("virtio_mmio@a000000.window[0]", Verdict::Missing),
        ("virtio_mmio@a000200.compatible", Verdict::Missing),
        ("virtio_mmio@a000200.window[0]", Verdict::Missing),
        ("virtio_mmio@a000400", Verdict::Extra),
    ];
    assert_eq!(differences(&ledger), expected);
}

#[test]
fn a_disabled_node_elsewhere_is_no_moved_device() {
    let ledger = ledger(|machine| {
        let rtc = machine.at("/soc/rtc@9010000");
        (rtc.path, rtc.enabled) = ("/soc/rtc@9020000", false);
    });
    assert_eq!(row(&ledger, "rtc.compatible").verdict, Verdict::Missing);
    assert_eq!(ledger.counts().extra, 0);
}

#[test]
fn a_second_console_is_extra() {
    let ledger = ledger(|machine| {
        let second = Part { path: "/soc/serial@9040000", ..machine.at("/soc/serial@9000000").clone() };
        machine.0.push(second);
    });
    assert_eq!(differences(&ledger), [("serial@9040000", Verdict::Extra)]);
    assert_eq!(row(&ledger, "serial@9040000").live, Some(Value::Compatible("arm,pl011")));
}

#[test]
fn an_extra_device_is_listed_only_if_enabled_and_known_to_a_binding() {
    let ledger = ledger(|machine| {
        let model = machine.at("/soc/rtc@9010000").clone();
        machine.0.push(Part { path: "/soc/off", enabled: false, ..model.clone() });
        machine.0.push(Part { path: "/soc/unknown", compatible: vec!["vendor,unknown"], ..model });
    });
    assert_eq!(differences(&ledger), []);
}

#[test]
fn cpus_go_missing_drift_and_appear() {
    let ledger = ledger(|machine| {
        machine.at("/cpus/cpu@0").mpidr = Some(Mpidr(0x100));
        machine.at("/cpus/cpu@1").path = "/cpus/cpu@101";
    });
    let expected = [("cpu@0.mpidr", Verdict::Drift), ("cpu@1.mpidr", Verdict::Missing), ("cpu@101", Verdict::Extra)];
    assert_eq!(differences(&ledger), expected);
}

#[test]
fn another_conduit_drifts() {
    let ledger = ledger(|machine| machine.at("/psci").conduit = Some(Conduit::Smc));
    assert_eq!(differences(&ledger), [("psci.conduit", Verdict::Drift)]);
}

#[test]
fn nodes_beyond_the_claimed_set_are_looked_up_in_the_rows() {
    let ledger = ledger(|machine| {
        let filler = Part { path: "/filler", compatible: vec!["vendor,filler"], ..machine.at("/soc").clone() };
        let rest = machine.0.split_off(1);
        machine.0.resize(5000, filler);
        machine.0.extend(rest);
    });
    assert_eq!(differences(&ledger), []);
}

#[test]
fn extras_without_a_row_are_counted() {
    let ledger = ledger(|machine| {
        let model = machine.at("/soc/rtc@9010000").clone();
        machine.0.resize(machine.0.len() + 40, Part { path: "/soc/copy", ..model });
    });
    assert_eq!(ledger.counts().extra, 40);
    assert_eq!(ledger.rows().len(), BOARD.facts.len() + 32);
}

#[test]
fn a_short_row_buffer_is_an_error() {
    let machine: &'static Machine = std::boxed::Box::leak(Machine::pristine().into());
    let rows = std::vec![Row::EMPTY; 3].leak();
    let error = check(&BOARD, machine, rows).unwrap_err();
    assert_eq!(error, TooFewRows { needed: BOARD.facts.len(), have: 3 });
}

#[test]
fn what_a_fix_puts_right_matches_as_firmware_has_it_and_as_it_should_be() {
    let recorded = ledger(|machine| machine.at("/soc/serial@9000000").clocks = vec![Ok(Hertz(9_216_000))]);
    assert_eq!(differences(&recorded), []);
    let clock = row(&recorded, "serial0.clock[0]");
    assert_eq!((clock.verdict, clock.live), (Verdict::Match, Some(Value::Clock(Hertz(9_216_000)))));
    assert_eq!(clock.fix().map(|fix| fix.confidence), Some(Confidence::Datasheet));
    assert_eq!((recorded.counts().matched, recorded.counts().fixed), (BOARD.facts.len(), 1));
    let right = ledger(|_| ());
    assert_eq!((row(&right, "serial0.clock[0]").fix(), right.counts().fixed), (None, 0));
}

#[test]
fn a_third_value_in_the_place_of_a_fixed_one_drifts() {
    let ledger = ledger(|machine| machine.at("/soc/serial@9000000").clocks = vec![Ok(Hertz(48_000_000))]);
    assert_eq!(differences(&ledger), [("serial0.clock[0]", Verdict::Drift)]);
    assert_eq!(row(&ledger, "serial0.clock[0]").fix(), None);
}

#[test]
fn a_fix_of_what_is_missing_or_off_matches_exactly_that() {
    let fixes = [
        (Recorded::Missing, Verdict::Missing),
        (Recorded::Disabled, Verdict::Disabled),
        (Recorded::Unresolvable, Verdict::Unresolvable),
    ];
    for (recorded, text) in fixes {
        let fixed = std::boxed::Box::leak(Fixed { fix: &super::board::FIX, recorded }.into());
        let facts = [Fact::window("rtc.window[0]", 0, 0, super::board::RTC, Policy::Fatal).fixed(fixed)];
        let board: &'static Board = std::boxed::Box::leak(
            Board { facts: std::boxed::Box::leak(facts.into()), devices: &BOARD.devices[3..], ..empty() }.into(),
        );
        for (verdict, change) in LACKS {
            let mut machine = Machine::pristine();
            change(machine.at("/soc/rtc@9010000"));
            let machine: &'static Machine = std::boxed::Box::leak(machine.into());
            let ledger = check(board, machine, std::vec![Row::EMPTY; 40].leak()).unwrap();
            let expected = if verdict == text { Verdict::Match } else { verdict };
            assert_eq!(ledger.rows()[0].verdict, expected, "{recorded:?} recorded, live {verdict}");
            if expected == Verdict::Match {
                assert!(ledger.rows()[0].live_text().to_string().starts_with(text.as_str()));
            }
        }
    }
}

/// What is done to a part of the machine.
type Change = fn(&mut Part);

/// Ways in which a window can't be read.
const LACKS: [(Verdict, Change); 3] = [
    (Verdict::Missing, |part| part.windows.clear()),
    (Verdict::Disabled, |part| part.enabled = false),
    (Verdict::Unresolvable, |part| part.windows = vec![Err(Unresolved::BusLocal)]),
];

/// A board without anything.
pub(super) fn empty() -> Board {
    Board {
        name: "empty",
        variant: None,
        variants: &[],
        summary: "",
        compatible: &[],
        file: "",
        tree: "",
        devices: &[],
        bindings: &[],
        facts: &[],
        init: &[],
        cpus: &[],
        console: &[],
        baud: Baud::Keep,
        memory: MemoryPolicy { least: 0 },
        without_tree: WithoutTree::Refuse,
        preset: Preset { name: "full", chosen: super::board::NOTHING, all: &super::board::PRESETS },
    }
}
