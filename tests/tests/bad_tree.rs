//! Live trees that are wrong: the console names the place, nothing panics, nothing hangs, nothing starts half.

use std::time::Duration;

use tests::{Failure, Guest, Image, LiveTree, Machine, PROMPT, Raw};

/// The console and the real-time clock of QEMU's `virt`.
const UART: &str = "/pl011@9000000";
const RTC: &str = "/pl031@9010000";
/// Tokens of a flattened tree (Devicetree Specification 0.4, 5.4.1).
const BEGIN_NODE: u32 = 1;
const END_NODE: u32 = 2;
const END: u32 = 9;

/// The machine's own tree with one edit.
fn edited(name: &str, edit: impl FnOnce(&mut LiveTree) -> Result<(), Failure>) -> Result<Raw, Failure> {
    let mut tree = LiveTree::read(&Machine::virt().cpus(4).tree(name)?)?;
    edit(&mut tree)?;
    Ok(Raw::with_tree(tree.to_blob()))
}

fn boot(name: &str, raw: Raw) -> Result<Guest, Failure> {
    Machine::virt().cpus(4).raw(raw).boot(name, Image::under_test()?)
}

/// The boot must stop, in words that contain every one of `places`.
fn stops(name: &str, raw: Raw, places: &[&str]) -> Result<(), Failure> {
    let mut guest = boot(name, raw)?;
    guest.wait_for("STOP")?;
    let story = guest.settle(Duration::from_millis(500))?;
    places.iter().try_for_each(|place| guest.expect(&story, place))?;
    for word in [PROMPT, "panic"] {
        if story.contains(word) {
            return Err(guest.wrong(&format!("{word:?} in a boot that must stop")));
        }
    }
    Ok(())
}

/// The boot must reach the prompt, and `command` there must tell all of `parts`.
fn goes_on(name: &str, raw: Raw, command: &str, parts: &[&str]) -> Result<(), Failure> {
    let mut guest = boot(name, raw)?;
    guest.wait_for_prompt()?;
    let told = guest.run(command)?;
    parts.iter().try_for_each(|part| guest.expect(&told, part))
}

#[test]
fn no_tree() -> Result<(), Failure> {
    stops("tree-absent", Raw::without_tree(), &["UNCHECKED", "x0"])
}

#[test]
fn a_truncated_tree() -> Result<(), Failure> {
    let Raw { tree, .. } = edited("tree-truncated", |_| Ok(()))?;
    let mut tree = tree.unwrap_or_default();
    // The header keeps its promise of more; behind the half there is RAM that reads as zeros.
    tree.truncate(tree.len() / 2);
    stops("tree-truncated", Raw::with_tree(tree), &["UNCHECKED", "byte "])
}

#[test]
fn a_tree_that_claims_to_be_longer_than_memory() -> Result<(), Failure> {
    let Raw { tree, .. } = edited("tree-long", |_| Ok(()))?;
    let mut tree = tree.unwrap_or_default();
    // `totalsize` is the header's second word (Devicetree Specification 0.4, 5.2).
    tree[4..8].copy_from_slice(&0xffff_ffff_u32.to_be_bytes());
    stops("tree-long", Raw::with_tree(tree), &["UNCHECKED", "4294967295"])
}

#[test]
fn a_mebibyte_of_zeros() -> Result<(), Failure> {
    stops("tree-zeros", Raw::with_tree(vec![0; 1 << 20]), &["UNCHECKED", "first word is 0x00000000"])
}

#[test]
fn a_thousand_nodes_deep() -> Result<(), Failure> {
    stops("tree-deep", Raw::with_tree(nested(1000)), &["UNCHECKED", "nested more than"])
}

#[test]
fn a_misaligned_tree() -> Result<(), Failure> {
    let raw = edited("tree-misaligned", |_| Ok(()))?.tree_at(0x4400_0003);
    stops("tree-misaligned", raw, &["UNCHECKED", "align"])
}

#[test]
fn the_consoles_reg_outside_every_range() -> Result<(), Failure> {
    let raw = edited("tree-console-outside", |tree| behind_a_bus(tree, UART, "pl011@9000000"))?;
    stops("tree-console-outside", raw, &["serial0.window[0]"])
}

#[test]
fn a_clocks_reg_outside_every_range() -> Result<(), Failure> {
    let raw = edited("tree-rtc-outside", |tree| behind_a_bus(tree, RTC, "pl031@9010000"))?;
    goes_on("tree-rtc-outside", raw, "board facts", &["pl031@9010000.window[0]", "unresolvable"])
}

/// Moves a device below a bus whose one range doesn't have it.
fn behind_a_bus(tree: &mut LiveTree, path: &str, name: &str) -> Result<(), Failure> {
    tree.add_node("/", "bus")?.set("/bus", "compatible", "simple-bus")?;
    tree.set("/bus", "#address-cells", 2u32)?.set("/bus", "#size-cells", 2u32)?;
    tree.set("/bus", "ranges", [0u32, 0, 0, 0x1000_0000, 0, 0x1000])?;
    tree.copy_node(path, "/bus", name)?.remove_node(path)?;
    if path == UART {
        tree.set("/chosen", "stdout-path", format!("/bus/{name}"))?;
    }
    Ok(())
}

#[test]
fn two_consoles() -> Result<(), Failure> {
    let raw = edited("tree-two-consoles", |tree| {
        tree.copy_node(UART, "/", "pl011@9040000")?;
        tree.set("/pl011@9040000", "reg", [0u32, 0x904_0000, 0, 0x1000]).map(drop)
    })?;
    goes_on("tree-two-consoles", raw, "board facts", &["pl011@9040000", "extra"])
}

#[test]
fn a_stdout_path_that_leads_nowhere() -> Result<(), Failure> {
    let raw = edited("tree-stdout", |tree| tree.set("/chosen", "stdout-path", "/nowhere:115200").map(drop))?;
    goes_on("tree-stdout", raw, "log", &["stdout-path"])
}

#[test]
fn cells_that_can_not_be() -> Result<(), Failure> {
    for (name, cells) in [("tree-cells-0", 0u32), ("tree-cells-7", 7)] {
        let raw = edited(name, |tree| tree.set("/", "#address-cells", cells).map(drop))?;
        stops(name, raw, &["serial0.window[0]", "cell count", "/pl011@9000000 reg"])?;
    }
    Ok(())
}

#[test]
fn a_tree_of_another_board() -> Result<(), Failure> {
    let raw = edited("tree-foreign", |tree| tree.set("/", "compatible", "acme,anvil").map(drop))?;
    stops("tree-foreign", raw, &["acme,anvil", "linux,dummy-virt"])
}

#[test]
fn a_tree_that_wants_all_memory_reserved() -> Result<(), Failure> {
    let raw = edited("tree-reserved", |tree| {
        tree.add_node("/", "reserved-memory")?.add_node("/reserved-memory", "all@40000000")?;
        tree.set("/reserved-memory", "#address-cells", 2u32)?.set("/reserved-memory", "#size-cells", 2u32)?;
        tree.set("/reserved-memory", "ranges", Vec::<u8>::new())?;
        tree.set("/reserved-memory/all@40000000", "reg", [0u32, 0x4000_0000, 0, 0x2000_0000]).map(drop)
    })?;
    stops("tree-reserved", raw, &["RAM"])
}

#[test]
fn more_reserved_pieces_than_are_kept_apart_cost_the_gaps_between_them() -> Result<(), Failure> {
    const PIECES: u32 = 40;
    let raw = edited("tree-pieces", |tree| {
        tree.add_node("/", "reserved-memory")?.add_node("/reserved-memory", "pieces@50000000")?;
        tree.set("/reserved-memory", "#address-cells", 2u32)?.set("/reserved-memory", "#size-cells", 2u32)?;
        tree.set("/reserved-memory", "ranges", Vec::<u8>::new())?;
        let reg: Vec<u32> = (0..PIECES).flat_map(|piece| [0, 0x5000_0000 + piece * 0x2000, 0, 0x1000]).collect();
        tree.set("/reserved-memory/pieces@50000000", "reg", reg).map(drop)
    })?;
    let told = "RAM left out: 0x50001000 to 0x50002000 is the smallest of more than 32 separate ranges";
    // The rest of RAM, behind the pieces, is all there but for the block that they are in.
    goes_on("tree-pieces", raw, "log; mem", &[told, "0x5020_0000  0x5fff_ffff   254 MiB  rw-  ram"])
}

#[test]
fn an_initrd_in_all_memory() -> Result<(), Failure> {
    let raw = edited("tree-initrd", |tree| {
        tree.set("/chosen", "linux,initrd-start", [0u32, 0x4000_0000])?;
        tree.set("/chosen", "linux,initrd-end", [0u32, 0x6000_0000]).map(drop)
    })?;
    stops("tree-initrd", raw, &["RAM"])
}

#[test]
fn a_reservation_of_all_memory() -> Result<(), Failure> {
    let Raw { tree, .. } = edited("tree-memreserve", |_| Ok(()))?;
    let mut tree = tree.unwrap_or_default();
    tree.resize(tree.len().next_multiple_of(8), 0);
    // A block of one reservation at the end, ended by zeros (Devicetree Specification 0.4, 5.3), and the header's
    // `totalsize` and `off_mem_rsvmap` for it.
    let at = tree.len() as u32;
    tree.extend([0x4000_0000u64, 0x2000_0000, 0, 0].into_iter().flat_map(u64::to_be_bytes));
    let size = tree.len() as u32;
    tree[4..8].copy_from_slice(&size.to_be_bytes());
    tree[16..20].copy_from_slice(&at.to_be_bytes());
    stops("tree-memreserve", Raw::with_tree(tree), &["RAM"])
}

#[test]
fn memory_that_is_not_there() -> Result<(), Failure> {
    // 64 GiB from 4 GiB on, where this machine has nothing.
    let raw = edited("tree-memory-absent", |tree| {
        tree.set("/memory@40000000", "reg", [0u32, 0x4000_0000, 0, 0x2000_0000, 1, 0, 0x10, 0]).map(drop)
    })?;
    goes_on("tree-memory-absent", raw, "log", &["0x100000000 doesn't keep what is written"])?;
    let raw = edited("tree-memory-elsewhere", |tree| {
        tree.set("/memory@40000000", "reg", [1u32, 0, 0, 0x2000_0000]).map(drop)
    })?;
    stops("tree-memory-elsewhere", raw, &["RAM", "0x100000000 doesn't keep what is written"])
}

#[test]
fn memory_that_is_shorter_than_its_node() -> Result<(), Failure> {
    // 1 GiB, where this machine has 512 MiB: whoever gets memory gets none that isn't there.
    let raw = edited("tree-memory-long", |tree| {
        tree.set("/memory@40000000", "reg", [0u32, 0x4000_0000, 0, 0x4000_0000]).map(drop)
    })?;
    goes_on(
        "tree-memory-long",
        raw,
        "selftest frames; log",
        &["[PASS] frames", "RAM 0x60000000..=0x7fffffff left out: 0x60000000 doesn't keep what is written"],
    )
}

#[test]
fn memory_nodes_that_make_no_sense() -> Result<(), Failure> {
    const REAL: [u32; 4] = [0, 0x4000_0000, 0, 0x2000_0000];
    let nodes: [(&str, [u32; 4], &str); 5] = [
        ("overlap", [0, 0x5000_0000, 0, 0x1000_0000], "0x50000000 is in an earlier entry too"),
        ("zero", [0, 0x9000_0000, 0, 0], "no bytes at 0x90000000"),
        ("wrap", [u32::MAX, u32::MAX - 0xfff, 0, 0x2000], "left out, because"),
        ("huge", [0x1000, 0, 0x7fff_0000, 0], "left out from 0x100000000000 on: the processor has no such addresses"),
        ("ragged", [0, 0x5fff_f800, 0, 0x400], "0x5ffff800 to 0x5ffffc00 isn't a number of whole pages"),
    ];
    for (what, reg, told) in nodes {
        let name = format!("tree-memory-{what}");
        let raw = edited(&name, |tree| {
            let reg: Vec<u32> = REAL.into_iter().chain(reg).collect();
            tree.set("/memory@40000000", "reg", reg).map(drop)
        })?;
        goes_on(&name, raw, "log", &["/memory@40000000 reg[1]: ", told])?;
    }
    Ok(())
}

#[test]
fn memory_over_devices() -> Result<(), Failure> {
    // From the interrupt controller to the end of RAM.
    let raw = edited("tree-memory-devices", |tree| {
        tree.set("/memory@40000000", "reg", [0u32, 0x800_0000, 0, 0x5800_0000]).map(drop)
    })?;
    goes_on("tree-memory-devices", raw, "log", &["memory covers 0x900_0000", "serial0's: left out"])
}

#[test]
fn a_conduit_that_nothing_answers() -> Result<(), Failure> {
    // Entered at EL1 without EL3, this machine has no `smc`.
    let raw = edited("tree-conduit", |tree| tree.set("/psci", "method", "smc").map(drop))?;
    goes_on("tree-conduit", raw, "log", &["psci: not started: nothing answers to smc"])
}

/// A well-formed blob of nodes, one in the other.
fn nested(depth: usize) -> Vec<u8> {
    let name = u32::from_be_bytes(*b"n\0\0\0");
    let opening = (0..depth).flat_map(|level| [BEGIN_NODE, if level == 0 { 0 } else { name }]);
    let structure: Vec<u32> = opening.chain(std::iter::repeat_n(END_NODE, depth)).chain([END]).collect();
    let (header, reservations) = (40, 16);
    let structure_at = header + reservations;
    let strings_at = structure_at + 4 * structure.len() as u32;
    let words = [0xd00d_feed, strings_at, structure_at, strings_at, header, 17, 16, 0, 0, strings_at - structure_at];
    words.into_iter().chain([0; 4]).chain(structure).flat_map(u32::to_be_bytes).collect()
}

#[test]
fn the_nested_blob_is_wrong_in_depth_alone() {
    let tree = LiveTree::read(&nested(3)).expect("three levels are a tree");
    assert_eq!(tree.contents().keys().collect::<Vec<_>>(), ["", "/n", "/n/n"]);
}
