//! The check over flattened trees: what firmware can hand over, and the verdict on it.

use std::boxed::Box;
use std::string::String;
use std::vec::Vec;

use dtoolkit::model::{DeviceTree, DeviceTreeNode, DeviceTreeProperty};

use super::*;
use crate::board::Value;
use crate::check::Unresolved;
use crate::tree::{Record, Tree};

const UART: &str = "/soc/serial@9000000";
const RTC: &str = "/soc/rtc@9010000";
const BELOW_SOC: [&str; 11] = [
    "serial0.compatible",
    "serial0.window[0]",
    "serial0.interrupt[0]",
    "serial0.clock[0]",
    "rtc.compatible",
    "rtc.window[0]",
    "rtc.interrupt[0]",
    "virtio_mmio@a000000.compatible",
    "virtio_mmio@a000000.window[0]",
    "virtio_mmio@a000200.compatible",
    "virtio_mmio@a000200.window[0]",
];

fn cells(name: &str, cells: &[u32]) -> DeviceTreeProperty {
    DeviceTreeProperty::new(name, cells.iter().flat_map(|cell| cell.to_be_bytes()).collect::<Vec<u8>>()).unwrap()
}

fn text(name: &str, text: &str) -> DeviceTreeProperty {
    DeviceTreeProperty::new(name, [text.as_bytes(), b"\0"].concat()).unwrap()
}

fn node(
    name: &str,
    properties: impl IntoIterator<Item = DeviceTreeProperty>,
    children: impl IntoIterator<Item = DeviceTreeNode>,
) -> DeviceTreeNode {
    let mut node = DeviceTreeNode::new(name).unwrap();
    properties.into_iter().for_each(|property| node.add_property(property));
    children.into_iter().for_each(|child| node.add_child(child));
    node
}

fn device(name: &str, compatible: &str, reg: &[u32], rest: &[DeviceTreeProperty]) -> DeviceTreeNode {
    let own = [text("compatible", compatible), cells("reg", reg)];
    node(name, own.into_iter().chain(rest.iter().cloned()), [])
}

/// The tree that `BOARD` claims.
fn pristine() -> DeviceTree {
    let two_cells = [cells("#address-cells", &[2]), cells("#size-cells", &[2])];
    let one_cell = [cells("#address-cells", &[1]), cells("#size-cells", &[1])];
    let soc = [
        device(
            "serial@9000000",
            "arm,pl011",
            &[0x900_0000, 0x1000],
            &[cells("interrupts", &[0, 1, 4]), cells("clocks", &[2])],
        ),
        device("rtc@9010000", "arm,pl031", &[0x901_0000, 0x1000], &[cells("interrupts", &[0, 2, 4])]),
        device("virtio_mmio@a000000", "virtio,mmio", &[0xa00_0000, 0x200], &[]),
        device("virtio_mmio@a000200", "virtio,mmio", &[0xa00_0200, 0x200], &[]),
    ];
    let cpu = |n: u32| device(&std::format!("cpu@{n:x}"), "arm,cortex-a76", &[n], &[text("device_type", "cpu")]);
    let gic = [cells("phandle", &[1]), cells("#interrupt-cells", &[3]), cells("interrupt-controller", &[])];
    let clock = [text("compatible", "fixed-clock"), cells("phandle", &[2]), cells("#clock-cells", &[0])];
    let mut tree = DeviceTree::new();
    tree.root = node(
        "",
        [text("compatible", "test,machine"), cells("interrupt-parent", &[1])].into_iter().chain(two_cells),
        [
            node("psci", [text("compatible", "arm,psci-1.0"), text("method", "hvc")], []),
            device("intc@8000000", "arm,gic-v3", &[0, 0x800_0000, 0, 0x1_0000, 0, 0x80a_0000, 0, 0xf6_0000], &gic),
            node("soc", one_cell.into_iter().chain([cells("ranges", &[0, 0, 0, 0x1000_0000])]), soc),
            node("apb-pclk", clock.into_iter().chain([cells("clock-frequency", &[24_000_000])]), []),
            node("cpus", [cells("#address-cells", &[1]), cells("#size-cells", &[0])], [cpu(0), cpu(1)]),
        ],
    );
    tree
}

/// Checks the pristine tree after `edit`.
fn ledger(edit: impl FnOnce(&mut DeviceTree)) -> Ledger<'static> {
    let mut tree = pristine();
    edit(&mut tree);
    ledger_of(tree.to_dtb())
}

fn ledger_of(blob: Vec<u8>) -> Ledger<'static> {
    let tree = Box::leak(Box::new(Tree::open(blob.leak(), std::vec![Record::EMPTY; 64].leak()).unwrap()));
    check(&BOARD, &*tree, std::vec![Row::EMPTY; rows_for(&[&BOARD])].leak()).unwrap()
}

/// Checks the pristine tree after one property of one node is set.
fn set(path: &str, property: DeviceTreeProperty) -> Ledger<'static> {
    ledger(|tree| tree.find_node_mut(path).unwrap().add_property(property))
}

/// Checks the pristine tree without one property of one node.
fn without(path: &str, property: &str) -> Ledger<'static> {
    ledger(|tree| assert!(tree.find_node_mut(path).unwrap().remove_property(property).is_some()))
}

/// The one row that differs: verdict, live value and reason.
fn only(ledger: &Ledger<'static>, name: &str) -> (Verdict, Option<Value<'static>>, Option<Unresolved>) {
    assert_eq!(differences(ledger).len(), 1, "{:?}", differences(ledger));
    let row = row(ledger, name);
    (row.verdict, row.live, row.reason)
}

fn unresolvable(reason: Unresolved) -> (Verdict, Option<Value<'static>>, Option<Unresolved>) {
    (Verdict::Unresolvable, None, Some(reason))
}

fn all(names: &[&'static str], verdict: Verdict) -> Vec<(&'static str, Verdict)> {
    names.iter().map(|name| (*name, verdict)).collect()
}

const MISSING: (Verdict, Option<Value<'static>>, Option<Unresolved>) = (Verdict::Missing, None, None);

#[test]
fn the_pristine_tree_matches_in_every_fact() {
    let ledger = ledger(|_| ());
    assert_eq!(differences(&ledger), []);
    assert_eq!(ledger.counts().matched, BOARD.facts.len());
}

#[test]
fn a_tree_in_another_order_matches() {
    let ledger = ledger(|tree| {
        for path in ["psci", "soc", "intc@8000000"] {
            let node = tree.root.remove_child(path).unwrap();
            tree.root.add_child(node);
        }
    });
    assert_eq!(differences(&ledger), []);
}

#[test]
fn reg_changed_removed_cut_or_out_of_reach() {
    let window = crate::board::Window { base: 0x902_0000, size: 0x1000 };
    let changed = set(RTC, cells("reg", &[0x902_0000, 0x1000]));
    assert_eq!(only(&changed, "rtc.window[0]"), (Verdict::Drift, Some(Value::Window(window)), None));
    assert_eq!(only(&without(RTC, "reg"), "rtc.window[0]"), MISSING);
    assert_eq!(only(&set(RTC, cells("reg", &[])), "rtc.window[0]"), MISSING);
    let cut = set(RTC, cells("reg", &[0x901_0000]));
    assert_eq!(only(&cut, "rtc.window[0]"), unresolvable(Unresolved::Truncated));
    let outside = set(RTC, cells("reg", &[0x1000_0000, 0x1000]));
    assert_eq!(only(&outside, "rtc.window[0]"), unresolvable(Unresolved::OutsideRanges));
    let beyond = set("/intc@8000000", cells("reg", &[u32::MAX, u32::MAX, 0, 0x1_0000, 0, 0x80a_0000, 0, 0xf6_0000]));
    assert_eq!(only(&beyond, "gic.window[0]"), unresolvable(Unresolved::OutsideRanges));
}

#[test]
fn only_the_entries_behind_a_cut_are_lost() {
    let one = set("/intc@8000000", cells("reg", &[0, 0x800_0000, 0, 0x1_0000]));
    assert_eq!(only(&one, "gic.window[1]"), MISSING);
    let half = set("/intc@8000000", cells("reg", &[0, 0x800_0000, 0, 0x1_0000, 0, 0x80a_0000]));
    assert_eq!(only(&half, "gic.window[1]"), unresolvable(Unresolved::Truncated));
}

#[test]
fn a_bus_without_ranges_hides_its_windows_only() {
    let windows: Vec<_> = BELOW_SOC.into_iter().filter(|name| name.ends_with("window[0]")).collect();
    assert_eq!(differences(&without("/soc", "ranges")), all(&windows, Verdict::Unresolvable));
    let moved = set("/soc", cells("ranges", &[0, 1, 0, 0x1000_0000]));
    assert_eq!(differences(&moved), all(&windows, Verdict::Drift));
}

#[test]
fn interrupts_changed_removed_cut_or_without_a_controller() {
    use crate::board::{Interrupt, Trigger};
    let drift = |line| (Verdict::Drift, Some(Value::Interrupt(line)), None);
    let name = "rtc.interrupt[0]";
    let other = set(RTC, cells("interrupts", &[0, 3, 4]));
    assert_eq!(only(&other, name), drift(Interrupt::spi(3, Trigger::LevelHigh)));
    let private = set(RTC, cells("interrupts", &[1, 2, 4]));
    assert_eq!(only(&private, name), drift(Interrupt::ppi(2, Trigger::LevelHigh)));
    let edge = set(RTC, cells("interrupts", &[0, 2, 1]));
    assert_eq!(only(&edge, name), drift(Interrupt::spi(2, Trigger::EdgeRising)));
    assert_eq!(only(&without(RTC, "interrupts"), name), MISSING);
    assert_eq!(only(&set(RTC, cells("interrupts", &[0, 2])), name), unresolvable(Unresolved::Truncated));
    assert_eq!(only(&set(RTC, cells("interrupts", &[9, 2, 4])), name), unresolvable(Unresolved::Specifier));
    assert_eq!(only(&set(RTC, cells("interrupt-parent", &[77])), name), unresolvable(Unresolved::Dangling));
}

#[test]
fn a_dangling_parent_above_takes_all_interrupts() {
    let lines = ["serial0.interrupt[0]", "rtc.interrupt[0]"];
    let dangling = set("/", cells("interrupt-parent", &[77]));
    assert_eq!(differences(&dangling), all(&lines, Verdict::Unresolvable));
    assert_eq!(row(&dangling, "rtc.interrupt[0]").reason, Some(Unresolved::Dangling));
    let nobody = without("/", "interrupt-parent");
    assert_eq!(differences(&nobody), all(&lines, Verdict::Unresolvable));
    assert_eq!(row(&nobody, "rtc.interrupt[0]").reason, Some(Unresolved::Parent));
}

#[test]
fn interrupts_extended_says_the_same() {
    let ledger = ledger(|tree| {
        let rtc = tree.find_node_mut(RTC).unwrap();
        rtc.remove_property("interrupts");
        rtc.add_property(cells("interrupts-extended", &[1, 0, 2, 4]));
    });
    assert_eq!(differences(&ledger), []);
}

#[test]
fn a_disabled_device_or_bus_is_disabled_in_all_facts() {
    assert_eq!(differences(&set(UART, text("status", "disabled"))), all(&BELOW_SOC[..4], Verdict::Disabled));
    assert_eq!(differences(&set(UART, text("status", "fail"))), all(&BELOW_SOC[..4], Verdict::Disabled));
    assert_eq!(differences(&set(UART, text("status", "okay"))), []);
    let mut bus = differences(&set("/soc", text("status", "disabled")));
    bus.sort();
    let mut expected = all(&BELOW_SOC, Verdict::Disabled);
    expected.sort();
    assert_eq!(bus, expected);
}

#[test]
fn another_or_no_compatible() {
    let changed = set(RTC, text("compatible", "vendor,clock"));
    let live = Some(Value::Compatible("vendor,clock"));
    assert_eq!(only(&changed, "rtc.compatible"), (Verdict::Drift, live, None));
    assert_eq!(only(&without(RTC, "compatible"), "rtc.compatible"), MISSING);
}

#[test]
fn a_renamed_node_is_the_same_device() {
    let ledger = ledger(|tree| {
        let soc = tree.find_node_mut("/soc").unwrap();
        let old = soc.remove_child("rtc@9010000").unwrap();
        let properties: Vec<_> = dtoolkit::Node::properties(&old).cloned().collect();
        soc.add_child(node("clock@9010000", properties, []));
    });
    assert_eq!(differences(&ledger), []);
}

#[test]
fn clocks_changed_dangling_or_of_unknown_rate() {
    let name = "serial0.clock[0]";
    let changed = set("/apb-pclk", cells("clock-frequency", &[48_000_000]));
    assert_eq!(only(&changed, name), (Verdict::Drift, Some(Value::Clock(crate::board::Hertz(48_000_000))), None));
    assert_eq!(only(&set(UART, cells("clocks", &[77])), name), unresolvable(Unresolved::Dangling));
    assert_eq!(only(&without(UART, "clocks"), name), MISSING);
    let variable = set("/apb-pclk", text("compatible", "vendor,pll"));
    assert_eq!(only(&variable, name), unresolvable(Unresolved::Clock));
    assert_eq!(only(&without("/apb-pclk", "clock-frequency"), name), unresolvable(Unresolved::Incomplete));
}

#[test]
fn a_device_may_say_its_rate_itself() {
    let ledger = ledger(|tree| {
        let uart = tree.find_node_mut(UART).unwrap();
        uart.remove_property("clocks");
        uart.add_property(cells("clock-frequency", &[24_000_000]));
    });
    assert_eq!(differences(&ledger), []);
}

#[test]
fn two_consoles_and_other_extras_are_listed() {
    let ledger = ledger(|tree| {
        let soc = tree.find_node_mut("/soc").unwrap();
        soc.add_child(device("serial@9040000", "arm,pl011", &[0x904_0000, 0x1000], &[]));
        soc.add_child(device("lamp@9050000", "vendor,lamp", &[0x905_0000, 0x1000], &[]));
        let off = [text("status", "disabled")];
        soc.add_child(device("serial@9060000", "arm,pl011", &[0x906_0000, 0x1000], &off));
    });
    assert_eq!(differences(&ledger), [("serial@9040000", Verdict::Extra)]);
}

#[test]
fn cpus_missing_extra_or_renumbered() {
    let missing = ledger(|tree| {
        tree.find_node_mut("/cpus").unwrap().remove_child("cpu@1").unwrap();
    });
    assert_eq!(only(&missing, "cpu@1.mpidr"), MISSING);
    let extra = ledger(|tree| {
        let cpus = tree.find_node_mut("/cpus").unwrap();
        cpus.add_child(device("cpu@100", "arm,cortex-a55", &[0x100], &[]));
    });
    assert_eq!(only(&extra, "cpu@100").0, Verdict::Extra);
    let renumbered = set("/cpus/cpu@1", cells("reg", &[0x100]));
    let live = Some(Value::Mpidr(crate::board::Mpidr(0x100)));
    assert_eq!(only(&renumbered, "cpu@1.mpidr"), (Verdict::Drift, live, None));
    let impossible = set("/cpus/cpu@1", cells("reg", &[0xff00_0000]));
    assert_eq!(only(&impossible, "cpu@1.mpidr"), unresolvable(Unresolved::Unknown));
    assert_eq!(only(&without("/cpus/cpu@1", "reg"), "cpu@1.mpidr"), MISSING);
    assert_eq!(only(&set("/cpus/cpu@1", text("status", "disabled")), "cpu@1.mpidr").0, Verdict::Disabled);
}

#[test]
fn psci_methods() {
    use crate::board::Conduit;
    let smc = set("/psci", text("method", "smc"));
    assert_eq!(only(&smc, "psci.conduit"), (Verdict::Drift, Some(Value::Conduit(Conduit::Smc)), None));
    assert_eq!(only(&set("/psci", text("method", "svc")), "psci.conduit"), unresolvable(Unresolved::Unknown));
    assert_eq!(only(&set("/psci", cells("method", &[1])), "psci.conduit"), unresolvable(Unresolved::Truncated));
    assert_eq!(only(&without("/psci", "method"), "psci.conduit"), MISSING);
}

#[test]
fn cells_that_no_value_can_have() {
    let windows: Vec<_> = BELOW_SOC.into_iter().filter(|name| name.ends_with("window[0]")).collect();
    for (property, count) in [("#address-cells", 0), ("#address-cells", 7), ("#size-cells", 7)] {
        let ledger = set("/soc", cells(property, &[count]));
        assert_eq!(differences(&ledger), all(&windows, Verdict::Unresolvable), "{property} {count}");
        assert_eq!(row(&ledger, "rtc.window[0]").reason, Some(Unresolved::Cells), "{property} {count}");
    }
    // Without size cells the same bytes are two addresses of size 0, each in no range.
    assert_eq!(row(&set("/soc", cells("#size-cells", &[0])), "rtc.window[0]").verdict, Verdict::Unresolvable);
    for count in [0, 7] {
        let ledger = set("/cpus", cells("#address-cells", &[count]));
        assert_eq!(differences(&ledger), all(&["cpu@0.mpidr", "cpu@1.mpidr"], Verdict::Unresolvable));
        let ledger = set("/intc@8000000", cells("#interrupt-cells", &[count]));
        let lines = ["serial0.interrupt[0]", "rtc.interrupt[0]"];
        assert_eq!(differences(&ledger), all(&lines, Verdict::Unresolvable), "#interrupt-cells {count}");
        let ledger = set("/", cells("#address-cells", &[count]));
        assert_eq!(row(&ledger, "gic.window[0]").reason, Some(Unresolved::Cells), "root #address-cells {count}");
        assert!(ledger.stop().is_some());
    }
}

#[test]
fn an_empty_tree_is_missing_everything() {
    let ledger = ledger(|tree| tree.root = node("", [], []));
    assert_eq!(ledger.counts().missing, BOARD.facts.len());
    assert_eq!(ledger.counts().fatal, 4);
}

#[test]
fn a_node_twice_at_one_path_is_there_once_and_extra_once() {
    let blob = pristine();
    let mut twin = blob.clone();
    let soc = twin.find_node_mut("/soc").unwrap();
    soc.add_child(device("rtc@9010001", "arm,pl031", &[0x902_0000, 0x1000], &[]));
    let mut bytes = twin.to_dtb();
    let name = b"rtc@9010001\0";
    let at = bytes.windows(name.len()).position(|window| window == name).unwrap();
    bytes[at + name.len() - 2] = b'0';
    assert_eq!(differences(&ledger_of(bytes)), [("rtc@9010000", Verdict::Extra)]);
}

#[test]
fn the_root_compatible_chooses() {
    static BOARDS: &[&crate::board::Board] = &[&BOARD];
    let chosen = |compatible: &str| -> Result<&str, String> {
        let mut tree = pristine();
        tree.root.add_property(text("compatible", compatible));
        let tree = Box::leak(Box::new(Tree::open(tree.to_dtb().leak(), std::vec![Record::EMPTY; 64].leak()).unwrap()));
        crate::check::select(BOARDS, &*tree).map(|board| board.name).map_err(|refused| std::format!("{refused}"))
    };
    assert_eq!(chosen("vendor,board\0test,machine"), Ok("test"));
    assert!(chosen("vendor,board").unwrap_err().contains("\"vendor,board\""));
}
