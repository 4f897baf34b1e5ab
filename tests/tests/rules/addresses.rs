//! No address of any board's devices is typed in Rust.

use std::collections::BTreeMap;

use hardware::tree::{Record, Tree};
use tests::paths;

use crate::sources::{places, sources, words};

/// Packages that run on the hardware.
const FOLDERS: [&str; 3] = ["kernel", "drivers", "hardware"];
/// Below it a number is more likely a size or a mask than an address that a board would have for a device.
const LOWEST: u64 = 0x10_0000;

#[test]
fn no_address_of_a_device_stands_in_the_sources() {
    let addresses = device_addresses();
    assert!(addresses.len() >= 5, "the boards' trees have no devices: {addresses:#x?}");
    let is_one = |line: &str| words(line).filter_map(number).any(|number| addresses.contains_key(&number));
    let found: Vec<String> = FOLDERS.iter().flat_map(|folder| places(&sources(folder), is_one)).collect();
    assert!(found.is_empty(), "addresses belong into boards/: {found:#?}");
}

#[test]
fn the_rule_reads_numbers_as_rust_does() {
    assert_eq!(number("0x0900_0000"), Some(0x900_0000));
    assert_eq!(number("0x9000000u64"), Some(0x900_0000));
    assert_eq!(number("150994944"), Some(0x900_0000));
    assert_eq!(number("x0900"), None);
    assert!(device_addresses().contains_key(&0x900_0000), "QEMU's UART is not among the addresses");
}

/// First address of each window of each board's reference tree, with the node's path.
fn device_addresses() -> BTreeMap<u64, String> {
    let mut addresses = BTreeMap::new();
    for board in codegen::boards(&paths::root()) {
        let blob = std::fs::read(paths::root().join(format!("boards/{board}.dtb"))).expect("a reference tree");
        let mut records = vec![Record::EMPTY; 1 << 14];
        let tree = Tree::open(&blob, &mut records).expect("a well-formed reference tree");
        for node in tree.nodes().filter(|node| node.name() != "" && !node.name().starts_with("memory")) {
            let windows = (0..).map_while(|index| node.cpu_window(index).ok());
            addresses.extend(
                windows.filter(|window| window.base >= LOWEST).map(|window| (window.base, node.path().to_string())),
            );
        }
    }
    addresses
}

/// An integer literal's value, its suffix left out.
fn number(word: &str) -> Option<u64> {
    let plain = word.replace('_', "");
    let plain =
        ["u64", "u32", "usize", "i64", "u128"].iter().find_map(|kind| plain.strip_suffix(kind)).unwrap_or(&plain);
    match plain.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => plain.parse().ok(),
    }
}
