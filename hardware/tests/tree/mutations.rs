//! Damaged trees: whatever was changed, every answer is a value or an error, soon.
//!
//! `KEEL_MUTATIONS=200000 cargo test --release -p hardware --target host-tuple --test tree mutations` is the whole of
//! it; without the variable a share is run. Seeds are fixed: a failure names the tree and the round to run again.

use std::path::Path;
use std::time::{Duration, Instant};

use hardware::tree::{Node, Property, Record, Tree, TreeError};

use crate::build::{Builder, blob, done};

/// Rounds without `KEEL_MUTATIONS`.
const ROUNDS: u64 = 5_000;
/// No tree takes longer, however damaged: the largest sound one takes a thousandth of it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Marsaglia's xorshift64*: the same numbers everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

#[test]
fn damaged_trees_are_answered_for() {
    let rounds = std::env::var("KEEL_MUTATIONS").map_or(ROUNDS, |rounds| rounds.parse().expect("a number"));
    let trees = trees();
    let values: Vec<_> = trees.iter().map(|(_, sound)| value_words(sound)).collect();
    let start = Instant::now();
    let mut opened = 0;
    for round in 0..rounds {
        let which = round as usize % trees.len();
        let (name, sound) = &trees[which];
        let mut random = Random((round + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let damaged = damage(sound, &values[which], &mut random);
        let begun = Instant::now();
        let result = std::panic::catch_unwind(|| ask_all(&damaged));
        assert!(result.is_ok(), "{name}: round {round} panics");
        assert!(begun.elapsed() < PATIENCE, "{name}: round {round} hangs");
        opened += u64::from(result.is_ok_and(|answer| answer.is_ok()));
    }
    println!("{rounds} damaged trees in {:.1?}: {opened} opened, 0 panics, 0 hangs", start.elapsed());
    // Were most refused, the accessors would have seen little.
    assert!(opened * 3 > rounds, "only {opened} of {rounds} opened");
}

/// Three trees: real ones where there are any, and one with everything in it.
fn trees() -> Vec<(String, Vec<u8>)> {
    let mut trees = vec![("everything".to_string(), blob(everything))];
    if let Some(folder) = std::env::var_os("KEEL_DTBS") {
        for name in ["broadcom/bcm2711-rpi-4-b.dtb", "broadcom/bcm2712-rpi-5-b.dtb"] {
            trees.extend(std::fs::read(Path::new(&folder).join(name)).map(|blob| (name.to_string(), blob)));
        }
    }
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../boards/qemu-virt.dtb");
    trees.extend(std::fs::read(reference).map(|blob| ("qemu-virt".to_string(), blob)));
    for (name, sound) in &trees {
        assert!(ask_all(sound).is_ok(), "{name} is sound");
    }
    trees
}

/// Where the words of property values are.
fn value_words(sound: &[u8]) -> Vec<usize> {
    let mut records = vec![Record::EMPTY; 2048];
    let tree = Tree::open(sound, &mut records).expect("a sound tree");
    // A value comes after its token, length and name.
    let words = |property: Property<'_>| {
        let start = property.at() as usize + 12;
        (0..property.value().len() / 4).map(move |word| start + 4 * word)
    };
    tree.nodes().flat_map(|node| node.properties()).flat_map(words).collect()
}

/// Changes one to eight words in one of several ways: in half of the rounds only in values, so that the tree still
/// opens.
fn damage(sound: &[u8], values: &[usize], random: &mut Random) -> Vec<u8> {
    const NASTY: [u32; 12] = [0, 1, 2, 3, 4, 7, 9, 0x7f, 0xff, 0x7fff_ffff, 0xffff_fffc, u32::MAX];
    let mut blob = sound.to_vec();
    let only_values = random.below(2) == 0;
    for _ in 0..=random.below(8) {
        let len = blob.len().max(8);
        blob.resize(len, 0);
        let word = if only_values { values[random.below(values.len())] } else { 4 * random.below(len / 4) };
        match random.below(if only_values { 4 } else { 8 }) {
            0 => blob[word] ^= 1 << random.below(8),
            1 => blob[word + random.below(4)] = random.next() as u8,
            2 | 3 => blob[word..word + 4].copy_from_slice(&NASTY[random.below(NASTY.len())].to_be_bytes()),
            4 => {
                let from = 4 * random.below(len / 4);
                blob.copy_within(from..from + 4, word);
            }
            5 => {
                let count = (4 * random.below(16)).min(len - word);
                let from = random.below(len - count);
                blob.copy_within(from..from + count, word);
            }
            6 => {
                let value = u32::from_be_bytes(blob[word..word + 4].try_into().expect("four bytes"));
                let value = if random.below(2) == 0 { value.wrapping_add(1) } else { value.wrapping_sub(1) };
                blob[word..word + 4].copy_from_slice(&value.to_be_bytes());
            }
            _ if random.below(16) == 0 => blob.truncate(word),
            _ => blob[word + random.below(4)] ^= 0x80,
        }
    }
    blob
}

/// Asks a tree every question there is.
fn ask_all(blob: &[u8]) -> Result<usize, TreeError> {
    let mut records = vec![Record::EMPTY; 2048];
    let tree = Tree::open(blob, &mut records)?;
    let mut answers = tree.nodes().map(|node| ask_node(&tree, node)).sum::<usize>();
    let _ = (tree.stdout(), tree.psci(), tree.boot_cpu());
    answers += tree.aliases().count() + tree.memory().count() + tree.cpus().count();
    answers += tree.memory_reservations().count() + tree.compatible_with("arm,pl011").count();
    for reserved in tree.reserved_memory().flatten() {
        answers += reserved.regions().count();
        answers += reserved.dynamic.map_or(0, |dynamic| dynamic.alloc_ranges().count());
    }
    if let Some(chosen) = tree.chosen() {
        let _ = (chosen.bootargs(), chosen.initrd());
    }
    Ok(answers)
}

fn ask_node(tree: &Tree<'_>, node: Node<'_>) -> usize {
    let path = node.path().to_string();
    assert!(node.path_eq(&path), "{path}");
    // Of two siblings with one name the first is found, and only its children.
    assert!(tree.find(&path).is_none_or(|found| found.index() <= node.index()), "{path}");
    let _ = (node.status(), node.enabled(), node.phandle(), node.address_cells(), node.size_cells());
    let _ = (node.cpu_window(0), node.interrupt(0), node.interrupt_parent(), node.interrupt_cells());
    let _ = (node.clock_frequency(), node.fixed_rate(), node.mpidr(), node.enable_method(), node.unit_address());
    let _ = node.translate_dma(0xc000_0000);
    let errors = node.regs().filter_map(Result::err).chain(node.interrupts().filter_map(Result::err));
    let errors = errors.chain(node.dma_ranges().filter_map(Result::err)).chain(node.clocks().filter_map(Result::err));
    for error in errors {
        let place = error.offset().and_then(|offset| tree.locate(offset));
        assert!(place.is_some_and(|place| !place.to_string().is_empty()), "{path}: {error} has no place");
    }
    let mut answers = node.compatible().count() + node.children().count() + node.descendants().count();
    for property in node.properties() {
        let _ = (property.as_u32(), property.as_u64(), property.as_str(), property.cells());
        answers += property.strings().count() + property.name().len();
    }
    answers
}

/// A tree that has a bit of everything that accessors look at.
fn everything(root: &mut Builder) {
    root.bus(2, 1).cells("interrupt-parent", &[1]).bytes("compatible", b"vendor,board\0vendor,soc\0").gic("gic");
    root.node("clock", |clock| {
        clock.text("compatible", "fixed-clock").cells("#clock-cells", &[0]).cells("phandle", &[2]);
        clock.cells("clock-frequency", &[24_000_000]);
    });
    root.node("half", |clock| {
        clock.text("compatible", "fixed-factor-clock").cells("#clock-cells", &[0]).cells("phandle", &[3]);
        clock.cells("clock-mult", &[1]).cells("clock-div", &[2]).cells("clocks", &[2]);
    });
    root.node("soc", |soc| {
        soc.bus(1, 1)
            .cells("ranges", &[0, 0x10, 0, 0x8000_0000])
            .cells("dma-ranges", &[0xc000_0000, 0, 0, 0x4000_0000]);
        soc.node("serial@1000", |serial| {
            serial.text("compatible", "arm,pl011").cells("reg", &[0x1000, 0x200]).cells("interrupts", &[0, 33, 4]);
            serial.cells("clocks", &[3, 2]).text("status", "okay");
        });
        soc.node("mux@2000", |mux| {
            mux.flag("interrupt-controller").cells("#interrupt-cells", &[2]).cells("phandle", &[4]);
            mux.cells("interrupts", &[0, 34, 4]).node("child", |child| done(child.cells("interrupts", &[5, 1])));
        });
        soc.node("pcie@3000", |pcie| {
            pcie.bus(3, 2).text("device_type", "pci").cells("#interrupt-cells", &[1]);
            pcie.cells("ranges", &[0x0200_0000, 0, 0, 0x4000_0000, 0, 0x1000_0000]);
            pcie.cells("interrupt-map-mask", &[0x1800, 0, 0, 7]);
            pcie.cells("interrupt-map", &[0, 0, 0, 1, 1, 0, 40, 4, 0x800, 0, 0, 1, 4, 6, 1]);
            for (name, unit) in [("one", 0), ("two", 0x800)] {
                pcie.node(name, |device| done(device.cells("reg", &[unit, 0, 0, 0, 0]).cells("interrupts", &[1])));
            }
        });
        soc.node("both", |both| done(both.cells("interrupts-extended", &[1, 1, 13, 8, 4, 3, 2])));
    });
    root.node("cpus", |cpus| {
        cpus.bus(1, 0);
        cpus.node("cpu@0", |cpu| done(cpu.cells("reg", &[0]).text("device_type", "cpu").text("enable-method", "psci")));
        cpus.node("cpu@1", |cpu| {
            cpu.cells("reg", &[1]).text("enable-method", "spin-table").cells("cpu-release-addr", &[0, 0xd8]);
        });
    });
    root.node("memory@0", |memory| {
        done(memory.text("device_type", "memory").cells("reg", &[0, 0x4000_0000, 0x1000_0000]))
    });
    root.node("reserved-memory", |reserved| {
        reserved.bus(2, 1).flag("ranges");
        reserved.node("a", |node| done(node.cells("reg", &[0, 0, 0x1000]).flag("no-map")));
        reserved.node("b", |node| done(node.cells("size", &[0x1000]).cells("alloc-ranges", &[0, 0, 0x8000])));
    });
    root.node("psci", |psci| done(psci.text("compatible", "arm,psci-1.0").text("method", "smc")));
    root.node("aliases", |aliases| done(aliases.text("serial0", "/soc/serial@1000")));
    root.node("chosen", |chosen| {
        chosen.text("stdout-path", "serial0:115200n8").text("bootargs", "quiet");
        chosen.cells("linux,initrd-start", &[0, 0x4800_0000]).cells("linux,initrd-end", &[0, 0x4900_0000]);
    });
}
