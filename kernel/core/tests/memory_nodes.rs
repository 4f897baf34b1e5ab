//! Memory nodes that are wrong: each is told with its place, and the rest is used.
#![expect(clippy::single_range_in_vec_init, reason = "RAM may be one range")]

use dtoolkit::model::{DeviceTree, DeviceTreeNode, DeviceTreeProperty};
use hardware::tree::{Record, Tree};
use kernel_core::ram::RamMap;
use kernel_core::text::Chain;

/// 40 address bits, as a Cortex-A76 has.
const LIMIT: u64 = 1 << 40;

/// What the map has, and what was told, for nodes with these `reg`s.
fn read(nodes: &[(&str, &[u64])]) -> (Vec<std::ops::Range<u64>>, Vec<String>) {
    let mut tree = DeviceTree::new();
    for (name, value) in [("#address-cells", 2u32), ("#size-cells", 2)] {
        tree.root.add_property(DeviceTreeProperty::new(name, value).unwrap());
    }
    for (name, reg) in nodes {
        let mut node = DeviceTreeNode::new(*name).unwrap();
        node.add_property(DeviceTreeProperty::new("device_type", "memory").unwrap());
        let cells: Vec<u8> = reg.iter().flat_map(|cell| cell.to_be_bytes()).collect();
        node.add_property(DeviceTreeProperty::new("reg", cells).unwrap());
        tree.root.add_child(node);
    }
    let blob = tree.to_dtb();
    let mut records = [Record::EMPTY; 16];
    let tree = Tree::open(&blob, &mut records).expect("a well-formed tree");
    let mut map = RamMap::<4>::new();
    let mut told = Vec::new();
    map.add_nodes(&tree, LIMIT, &mut |entry, error| told.push(format!("{entry}: {}", Chain(&error))));
    (map.ranges().to_vec(), told)
}

#[test]
fn nothing_is_said_of_memory_that_is_right() {
    let (ranges, told) = read(&[("memory@40000000", &[0x4000_0000, 0x2000_0000, 0x8000_0000, 0x1000])]);
    assert_eq!(ranges, [0x4000_0000..0x6000_0000, 0x8000_0000..0x8000_1000]);
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn overlaps_are_told_and_counted_once() {
    let (ranges, told) = read(&[
        ("memory@40000000", &[0x4000_0000, 0x2000_0000, 0x5000_0000, 0x2000_0000]),
        ("memory@40000001", &[0x4000_0000, 0x1000]),
    ]);
    assert_eq!(ranges, [0x4000_0000..0x7000_0000]);
    assert_eq!(
        told,
        [
            "/memory@40000000 reg[1]: 0x50000000 is in an earlier entry too",
            "/memory@40000001 reg[0]: 0x40000000 is in an earlier entry too",
        ]
    );
}

#[test]
fn no_bytes_are_told_and_the_rest_is_used() {
    let (ranges, told) = read(&[("memory@0", &[0, 0, 0x4000_0000, 0x20_0000])]);
    assert_eq!(ranges, [0x4000_0000..0x4020_0000]);
    assert_eq!(told, ["/memory@0 reg[0]: no bytes at 0x0"]);
}

#[test]
fn what_wraps_is_left_out() {
    let (ranges, told) = read(&[("memory@0", &[u64::MAX - 0xfff, 0x2000, 0x4000_0000, 0x20_0000])]);
    assert_eq!(ranges, [0x4000_0000..0x4020_0000]);
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("/memory@0 reg[0]: left out, because "), "{told:?}");
}

#[test]
fn what_is_cut_off_is_left_out() {
    let (ranges, told) = read(&[("memory@0", &[0x4000_0000, 0x20_0000, 0x8000_0000])]);
    assert!(ranges.is_empty() || ranges == [0x4000_0000..0x4020_0000], "{ranges:x?}");
    assert!(told.iter().any(|line| line.contains("left out, because ")), "{told:?}");
}

#[test]
fn huge_memory_ends_where_the_processors_addresses_do() {
    let (ranges, told) = read(&[("memory@0", &[0x4000_0000, u64::MAX - 0x4000_0000, 1 << 41, 0x1000])]);
    assert_eq!(ranges, [0x4000_0000..LIMIT]);
    assert_eq!(
        told,
        [
            "/memory@0 reg[0]: 0x40000000 to 0xffffffffffffffff isn't a number of whole pages",
            "/memory@0 reg[0]: left out from 0x10000000000 on: the processor has no such addresses",
            "/memory@0 reg[1]: left out from 0x20000000000 on: the processor has no such addresses",
        ]
    );
}

#[test]
fn ragged_ends_are_told() {
    let (ranges, told) = read(&[("memory@40000001", &[0x4000_0001, 0x20_0000])]);
    assert_eq!(ranges, [0x4000_0001..0x4020_0001]);
    assert_eq!(told, ["/memory@40000001 reg[0]: 0x40000001 to 0x40200001 isn't a number of whole pages"]);
}

#[test]
fn more_than_can_be_kept_apart() {
    let reg: Vec<u64> = (1..=5).flat_map(|index| [index << 30, 0x1000]).collect();
    let (ranges, told) = read(&[("memory@0", &reg)]);
    assert_eq!(ranges.len(), 4);
    assert_eq!(
        told,
        [
            "/memory@0 reg[4]: RAM left out, because 0x140000000 to 0x140001000 is the smallest of more than 4 separate ranges"
        ]
    );
}
