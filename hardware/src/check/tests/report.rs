//! What people read.

use std::string::{String, ToString};
use std::{format, vec};

use super::*;
use crate::board::*;
use crate::check::{Unresolved, select};

fn line(ledger: &Ledger<'static>, name: &str) -> String {
    row(ledger, name).line(&BOARD).to_string()
}

#[test]
fn a_drift_says_claimed_live_policy_and_why() {
    let live = Interrupt::spi(120, Trigger::LevelHigh);
    let ledger = ledger(|machine| machine.at("/soc/serial@9000000").interrupts = vec![Ok(live)]);
    assert_eq!(
        line(&ledger, "serial0.interrupt[0]"),
        "serial0.interrupt[0]     claimed SPI 1   live SPI 120   live-wins   stepping D0 moved SPI 1 to 120 \
         (boards/test.toml:17)"
    );
    assert_eq!(ledger.summary().to_string(), "facts: 17 match, 1 drift (live wins), 0 fatal");
}

#[test]
fn a_drift_of_the_trigger_alone_shows_the_trigger() {
    let live = Interrupt::spi(2, Trigger::EdgeRising);
    let ledger = ledger(|machine| machine.at("/soc/rtc@9010000").interrupts = vec![Ok(live)]);
    assert_eq!(
        line(&ledger, "rtc.interrupt[0]"),
        "rtc.interrupt[0]         claimed SPI 2 level-high   live SPI 2 edge-rising   warn   \
         (boards/test.dtb /soc/rtc@9010000 interrupts)"
    );
}

#[test]
fn a_value_from_the_board_file_names_its_line() {
    let ledger = ledger(|machine| machine.at("/soc/serial@9000000").clocks.clear());
    assert_eq!(
        line(&ledger, "serial0.clock[0]"),
        "serial0.clock[0]         claimed 24_000_000 Hz   live missing   static-wins   (boards/test.toml:23)"
    );
}

#[test]
fn a_fixed_value_says_what_firmware_has_and_who_knows_better() {
    let ledger = ledger(|machine| machine.at("/soc/serial@9000000").clocks = vec![Ok(Hertz(9_216_000))]);
    assert_eq!(
        line(&ledger, "serial0.clock[0]"),
        "serial0.clock[0]         claimed 24_000_000 Hz   live 9_216_000 Hz   fixed   \
         datasheet: the schematic, sheet 3 (boards/test.toml:23)"
    );
    assert_eq!(ledger.summary().to_string(), "facts: 18 match (1 fixed), 0 drift, 0 fatal");
}

#[test]
fn an_unresolvable_value_says_why() {
    let ledger = ledger(|machine| machine.at("/soc/rtc@9010000").windows = vec![Err(Unresolved::OutsideRanges)]);
    assert_eq!(row(&ledger, "rtc.window[0]").live_text().to_string(), "unresolvable: outside every range");
}

#[test]
fn the_summary_names_each_kind_of_difference() {
    let ledger = ledger(|machine| {
        machine.at("/psci").conduit = Some(Conduit::Smc);
        machine.at("/soc/rtc@9010000").windows = vec![Ok(Window { base: 0, size: 1 })];
        machine.at("/soc/serial@9000000").interrupts = vec![Err(Unresolved::Parent)];
        machine.at("/soc/virtio_mmio@a000000").enabled = false;
        machine.remove("/cpus/cpu@1");
        let second = machine.at("/soc/serial@9000000").clone();
        machine.0.push(second);
    });
    assert_eq!(
        ledger.summary().to_string(),
        "facts: 12 match, 2 drift (1 live wins, 1 not started), 1 missing, 2 disabled, 1 unresolvable, 1 extra, 0 fatal"
    );
}

#[test]
fn a_stopped_boot_prints_its_own_way_out() {
    let live = Window { base: 0x810_0000, size: 0x1_0000 };
    let ledger = ledger(|machine| machine.at("/intc@8000000").windows[0] = Ok(live));
    assert_eq!(
        ledger.stop().unwrap().to_string(),
        "STOP: 1 fatal fact\n\
         gic.window[0]            claimed 0x800_0000+0x1_0000   live 0x810_0000+0x1_0000   fatal   \
         (boards/test.dtb /intc@8000000 reg)\n\
         # If the firmware is right, append these lines to boards/test.toml:\n\n\
         [verify.\"gic.window[0]\"]\non-drift = \"live-wins\"\nwhy = \"the live tree has 0x810_0000+0x1_0000\"\n"
    );
}

#[test]
fn what_is_gone_cant_win() {
    let stop = ledger(|machine| machine.remove("/intc@8000000")).stop().unwrap().to_string();
    assert!(stop.starts_with("STOP: 3 fatal facts\n"), "{stop}");
    let warned = "[verify.\"gic.compatible\"]\n# The device is then left alone. Other hardware is a board of its own: ";
    assert_eq!((stop.matches(warned).count(), stop.matches("left alone").count()), (1, 1), "{stop}");
    assert!(
        stop.ends_with("[verify.\"gic.window[1]\"]\non-drift = \"warn\"\nwhy = \"in the live tree: missing\"\n"),
        "{stop}"
    );
}

#[test]
fn a_patch_settles_what_the_board_file_has_no_reason_for() {
    let ledger = ledger(|machine| {
        machine.at("/soc/serial@9000000").interrupts = vec![Ok(Interrupt::spi(120, Trigger::LevelHigh))];
        machine.at("/soc/rtc@9010000").compatible = vec!["a\"b\\c\u{1b}[2J"];
    });
    // The interrupt's entry is in the board file already; the compatible's text would end the string and clear the screen.
    assert_eq!(
        ledger.patch().unwrap().to_string(),
        "# If the firmware is right, append these lines to boards/test.toml:\n\n\
         [verify.\"rtc.compatible\"]\non-drift = \"warn\"\n\
         why = \"the live tree has a\\\"b\\\\c\\\\u001B[2J\"\n"
    );
    assert_eq!(row(&ledger, "rtc.compatible").live_text().to_string(), "a\"b\\c\\u001B[2J");
    assert!(super::ledger(|_| ()).patch().is_none());
}

#[test]
fn a_boot_that_goes_on_has_no_story() {
    assert!(ledger(|_| ()).stop().is_none());
}

#[test]
fn an_unchecked_ledger_says_so() {
    let ledger = Ledger::unchecked(&BOARD);
    assert_eq!(ledger.summary().to_string(), "facts: UNCHECKED, 18 claimed, no usable device tree");
    assert!(ledger.rows().is_empty());
}

#[test]
fn a_refused_machine_sees_both_lists() {
    let mut machine = Machine::pristine();
    machine.at("/").compatible = (0..8).map(|n| &*format!("vendor,{n}").leak()).collect();
    let machine: &'static Machine = std::boxed::Box::leak(machine.into());
    static BOARDS: &[&Board] = &[&BOARD];
    assert_eq!(
        select(BOARDS, machine).unwrap_err().to_string(),
        "no board table fits this machine\n  the machine's compatible: \"vendor,0\" \"vendor,1\" \"vendor,2\" \
         \"vendor,3\" \"vendor,4\" \"vendor,5\" and 2 more\n  boards in this image:\n    test: \"test,machine\""
    );
}
