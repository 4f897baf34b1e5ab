//! A board in several kinds and with a wrong tree, booted: the kernel tells each machine's kind from its tree, and uses what
//! the board file puts right.
//!
//! The board is `tests/fixtures/boards/qemu-kinds.toml`. Its kinds are QEMU's own: what `-machine` and `-serial` change in
//! the tree that QEMU hands over.

use serde_json::Value;
use tests::{EntryLevel, Failure, Guest, Image, LiveTree, Machine, Raw, paths};

const BOARD: &str = "tests/fixtures/boards/qemu-kinds.toml";
/// The fact that the board file fixes.
const FIXED: &str = "serial0.interrupt[0]";
/// The fact in which `low-pcie` differs.
const PCIE: &str = "pcie@10000000.window[0]";

fn machine() -> Machine {
    Machine::virt().cpus(2).memory_mib(256)
}

/// The tree of the fixture's firmware, which is wrong about the UART.
fn wrong_tree() -> Result<LiveTree, Failure> {
    LiveTree::read(&std::fs::read(paths::root().join("tests/fixtures/boards/qemu-kinds.dtb"))?)
}

/// Boots it; fails unless banner, log and `board` all say it is `title`.
fn boots_as(title: &str, name: &str, machine: &Machine) -> Result<(Guest, String), Failure> {
    let mut guest = machine.boot(&format!("kinds-{name}"), &Image::of(BOARD)?)?;
    let screen = guest.wait_for_prompt()?;
    guest.expect(&screen, &format!(" · {title} · "))?;
    guest.expect(&screen, ", 0 fatal")?;
    let log = guest.run("log")?;
    guest.expect(&log, &format!("{title}: facts: "))?;
    let brief = guest.run("board")?;
    guest.expect(&brief, &format!("{title} · QEMU virt in several kinds"))?;
    Ok((guest, screen))
}

/// The row of one fact.
fn row(guest: &mut Guest, fact: &str) -> Result<Value, Failure> {
    let rows = guest.run("board facts --json")?;
    let mut rows = rows.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let row = rows.find(|row| row["fact"] == fact);
    row.ok_or_else(|| guest.wrong(&format!("no row of {fact}")))
}

fn variant(guest: &mut Guest) -> Result<Value, Failure> {
    let brief = guest.run("board --json")?;
    let brief: Value = serde_json::from_str(&brief).map_err(|error| guest.wrong(&format!("{error}: {brief}")))?;
    Ok(brief["variant"].clone())
}

#[test]
fn a_machine_of_no_special_kind_is_the_board_itself() -> Result<(), Failure> {
    let (mut guest, screen) = boots_as("qemu-kinds", "plain", &machine())?;
    guest.expect(&screen, " 0 drift")?;
    assert_eq!(variant(&mut guest)?, Value::Null);
    assert_eq!(row(&mut guest, PCIE)?["live"], "0x40_1000_0000+0x1000_0000");
    Ok(())
}

#[test]
fn without_high_memory_it_is_the_kind_with_low_pcie() -> Result<(), Failure> {
    let (mut guest, screen) = boots_as("qemu-kinds (low-pcie)", "low-pcie", &machine().option("highmem=off"))?;
    guest.expect(&screen, " 0 drift")?;
    assert_eq!(variant(&mut guest)?, "low-pcie");
    let row = row(&mut guest, PCIE)?;
    assert_eq!((&row["claimed"], &row["verdict"]), (&"0x3f00_0000+0x100_0000".into(), &"match".into()));
    guest.expect(&screen, "0x3f00_0000 (16 MiB)")
}

#[test]
fn with_a_second_uart_it_is_the_kind_that_has_two() -> Result<(), Failure> {
    let (mut guest, screen) = boots_as("qemu-kinds (two-uarts)", "two-uarts", &machine().second_serial())?;
    guest.expect(&screen, " 0 drift")?;
    guest.expect(&screen, "pl011 @ 0x904_0000 (4 KiB)")?;
    assert_eq!(variant(&mut guest)?, "two-uarts");
    assert_eq!(row(&mut guest, "serial1.interrupt[0]")?["verdict"], "match");
    Ok(())
}

#[test]
fn a_kind_that_nobody_has_written_down_drifts_from_the_board() -> Result<(), Failure> {
    let mut tree = wrong_tree()?;
    tree.set("/pcie@10000000", "reg", [0u32, 0x3e00_0000, 0, 0x100_0000])?;
    let machine = machine().raw(Raw::with_tree(tree.to_blob()));
    let (mut guest, screen) = boots_as("qemu-kinds", "unknown", &machine)?;
    guest.expect(&screen, " 1 drift")?;
    let row = row(&mut guest, PCIE)?;
    assert_eq!((&row["verdict"], &row["live"]), (&"drift".into(), &"0x3e00_0000+0x100_0000".into()));
    Ok(())
}

#[test]
fn what_differs_otherwise_than_in_a_variant_is_the_verify_sections() -> Result<(), Failure> {
    let (mut guest, screen) = boots_as("qemu-kinds", "el2", &machine().entry(EntryLevel::El2))?;
    guest.expect(&screen, " 1 drift (live wins)")?;
    assert_eq!(row(&mut guest, "psci.conduit")?["live"], "smc");
    guest.send_line("poweroff")?;
    guest.wait_for_exit().map(drop)
}

/// The UART is on SPI 1 whatever the tree says: only a driver that was given the fixed line hears what is typed.
#[test]
fn the_driver_gets_the_fixed_value_and_the_ledger_says_so() -> Result<(), Failure> {
    let machine = machine().raw(Raw::with_tree(wrong_tree()?.to_blob()));
    let (mut guest, screen) = boots_as("qemu-kinds", "fixed", &machine)?;
    guest.expect(&screen, " match (1 fixed), 0 drift")?;
    let lines = guest.run("irq --json")?;
    let lines: Value = serde_json::from_str(&lines).map_err(|error| guest.wrong(&format!("{error}: {lines}")))?;
    let uart = lines["lines"].as_array().and_then(|lines| lines.iter().find(|line| line["device"] == "serial0"));
    let uart = uart.ok_or_else(|| guest.wrong("no line of serial0"))?;
    assert_eq!((&uart["interrupt"], &uart["enabled"]), (&"SPI 1".into(), &true.into()));
    assert!(uart["count"].as_u64() > Some(0), "{uart}");
    let row = row(&mut guest, FIXED)?;
    assert_eq!((&row["claimed"], &row["live"]), (&"SPI 1".into(), &"SPI 9".into()));
    assert_eq!(row["verdict"], "match");
    assert!(row["why"].as_str().is_some_and(|why| why.contains("a15irqmap")), "{row}");
    let table = guest.run("board facts")?;
    let line = table.lines().find(|line| line.starts_with(FIXED)).unwrap_or_default();
    let told = ["live SPI 9", "fixed", "vendor: QEMU, hw/arm/virt.c", "qemu-kinds.toml:"];
    assert!(told.iter().all(|part| line.contains(part)), "{line}");
    Ok(())
}

/// QEMU's own tree says SPI 1: firmware that has learnt better needs no fix.
#[test]
fn a_fix_that_is_not_needed_any_more_is_not_told() -> Result<(), Failure> {
    let (mut guest, screen) = boots_as("qemu-kinds", "learnt", &machine())?;
    assert!(!screen.contains("fixed"), "{screen}");
    let row = row(&mut guest, FIXED)?;
    assert_eq!((&row["live"], &row["verdict"]), (&"SPI 1".into(), &"match".into()));
    Ok(())
}
