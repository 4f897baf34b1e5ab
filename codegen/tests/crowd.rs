//! Trees with more devices than any machine has: as many findings as devices at most, and no wait.

use std::fs;
use std::time::{Duration, Instant};

mod common;

use common::project;

/// Devices that are added. Findings for every pair of them would be more than a hundred thousand.
const MANY: u32 = 500;
/// Far more than a debug build needs for work that grows with the devices.
const LONGEST: Duration = Duration::from_secs(30);

/// Words of the header (Devicetree Specification 0.4, 5.2).
const TOTAL_SIZE: usize = 4;
const STRUCTS: usize = 8;
const STRINGS: usize = 12;
const STRUCTS_SIZE: usize = 36;

/// The cells of a device's `reg`.
type Reg = fn(u32) -> Vec<u32>;

fn word(blob: &[u8], at: usize) -> usize {
    u32::from_be_bytes(blob[at..at + 4].try_into().unwrap()) as usize
}

/// `blob`, which dtc has made, with [`MANY`] consoles at the root's end, the `reg` of the nth being `reg(n)`.
fn crowded(blob: &[u8], reg: Reg) -> Vec<u8> {
    let strings = &blob[word(blob, STRINGS)..];
    let property = |name: &str, value: &[u8]| {
        let name = [name.as_bytes(), b"\0"].concat();
        let name = strings.windows(name.len()).position(|part| part == name).unwrap() as u32;
        let head: Vec<u8> = [3, value.len() as u32, name].into_iter().flat_map(u32::to_be_bytes).collect();
        [&head, value, &vec![0; value.len().next_multiple_of(4) - value.len()]].concat()
    };
    let mut nodes = Vec::new();
    for index in 0..MANY {
        let name = format!("serial@{index:07x}\0\0");
        let cells = |cells: &[u32]| -> Vec<u8> { cells.iter().flat_map(|cell| cell.to_be_bytes()).collect() };
        nodes.extend([&1_u32.to_be_bytes(), name.as_bytes()].concat());
        nodes.extend(property("compatible", b"arm,pl011\0"));
        nodes.extend(property("reg", &cells(&reg(index))));
        nodes.extend(property("interrupts", &cells(&[0, 2, 4])));
        nodes.extend(2_u32.to_be_bytes());
    }
    // The root's end and the block's own are the last two words.
    let at = word(blob, STRUCTS) + word(blob, STRUCTS_SIZE) - 8;
    let mut crowded = [&blob[..at], &nodes, &blob[at..]].concat();
    for field in [TOTAL_SIZE, STRINGS, STRUCTS_SIZE] {
        let moved = (word(blob, field) + nodes.len()) as u32;
        crowded[field..field + 4].copy_from_slice(&moved.to_be_bytes());
    }
    crowded
}

/// How many of the consoles are driven, and how many windows are told to overlap.
fn outcome(name: &str, reg: Reg) -> (usize, usize) {
    let root = project(name, None);
    let blob = root.join("boards/b.dtb");
    fs::write(&blob, crowded(&fs::read(&blob).unwrap(), reg)).unwrap();
    let begun = Instant::now();
    let generated = codegen::board(&root, "b").unwrap_or_else(|findings| panic!("{findings}"));
    let overlaps = generated.findings.iter().filter(|finding| finding.code.as_str() == "K0106").count();
    assert!(!generated.findings.render().is_empty() && begun.elapsed() < LONGEST, "{:?}", begun.elapsed());
    (generated.board.console.len(), overlaps)
}

#[test]
fn one_of_many_at_one_address_is_driven_and_each_other_is_told_once() {
    assert_eq!(outcome("crowd-one", |_| vec![0x10_0000, 0x100]), (2, MANY as usize - 1), "and the base's own console");
}

#[test]
fn a_chain_of_overlaps_leaves_no_two_that_share_bytes() {
    let (driven, overlaps) = outcome("crowd-chain", |index| vec![0x10_0000 + index * 0x80, 0x100]);
    assert_eq!((driven, overlaps), (MANY as usize / 2 + 1, MANY as usize - 1));
}

#[test]
fn many_apart_are_all_driven() {
    assert_eq!(outcome("crowd-apart", |index| vec![0x10_0000 + index * 0x100, 0x100]), (MANY as usize + 1, 0));
}

#[test]
fn a_device_that_repeats_its_window_is_told_once_and_not_driven() {
    let reg = |index| [0x10_0000 + index * 0x100, 0x100].repeat(5);
    assert_eq!(outcome("crowd-repeated", reg), (1, MANY as usize));
}
