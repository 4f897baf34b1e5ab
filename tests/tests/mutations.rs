//! Broken trees are errors: seeded mutations of three trees through every answer of `hardware::tree` and through the
//! ledger, without a panic or a hang.
//!
//! `KEEL_MUTATIONS` says how many; docs/guides/testing.md has the command for all 200,000.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hardware::check::{self, Row};
use hardware::tree::{Record, Tree};
use tests::mutate::Mutator;
use tests::{Failure, LiveTree, ask, paths};

#[expect(unreachable_pub, reason = "written for the kernel, which has it in a public module")]
mod tables {
    //! The tables of all boards, as the kernel has them.
    include!(concat!(env!("OUT_DIR"), "/tables.rs"));
}

/// How many mutations without `KEEL_MUTATIONS`: a second or two of a debug build.
const SHARE: u64 = 4_000;
const SEED: u64 = 0x6b65_656c;
/// The real tree among those that are mutated.
const TREE: &str = "boards/qemu-virt.dtb";
/// One mutation takes some microseconds; this long means that it doesn't end.
const HANG: Duration = Duration::from_secs(20);

#[test]
fn no_mutation_panics_or_hangs() -> Result<(), Failure> {
    let count = std::env::var("KEEL_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(SHARE);
    let mut mutator = Mutator::new(trees()?, SEED);
    let (done, mut opened, mut stopped) = (AtomicU64::new(0), 0u64, 0u64);
    std::thread::scope(|scope| {
        scope.spawn(|| watch(&done, count));
        for number in 0..count {
            let blob = mutator.next_blob();
            let outcome = catch_unwind(AssertUnwindSafe(|| exercise(&blob)));
            done.fetch_add(1, Ordering::Relaxed);
            match outcome {
                Ok(Outcome::Refused) => {}
                Ok(Outcome::Opened { stops }) => {
                    opened += 1;
                    stopped += u64::from(stops);
                }
                Err(_) => {
                    done.store(count, Ordering::Relaxed);
                    panic!("mutation {number} of seed {SEED:#x} panics");
                }
            }
        }
    });
    println!("figure: {count} mutations: {opened} still a tree, {stopped} of them stop the boot, 0 panics, 0 hangs");
    // Otherwise the mutations are too coarse to get past the header, or too weak to do harm.
    assert!(opened * 10 > count && opened < count, "{opened} of {count} opened");
    assert!(stopped > 0 && stopped < opened, "{stopped} of {opened} stopped");
    Ok(())
}

/// Ends the process when a mutation takes too long: a thread that hangs can't be unwound.
fn watch(done: &AtomicU64, count: u64) {
    let (mut last, mut since) = (0, std::time::Instant::now());
    while last < count {
        std::thread::sleep(Duration::from_millis(20));
        let now = done.load(Ordering::Relaxed);
        if now != last {
            (last, since) = (now, std::time::Instant::now());
        } else if since.elapsed() > HANG {
            eprintln!("mutation {now} of seed {SEED:#x} hangs");
            std::process::exit(1);
        }
    }
}

/// The trees that are mutated: a real one, one with every construct that it lacks, one of a few nodes.
fn trees() -> Result<Vec<Vec<u8>>, Failure> {
    let reference = std::fs::read(paths::root().join(TREE))?;
    let mut small = LiveTree::read(&reference)?;
    for board in tables::BOARDS.iter().filter(|board| board.tree == TREE) {
        for device in board.devices.iter().filter(|device| device.driver.is_none()) {
            small.remove_node(device.path)?;
        }
    }
    Ok(vec![LiveTree::read(&reference)?.to_blob(), manifold(LiveTree::read(&reference)?)?, small.to_blob()])
}

/// Adds what QEMU's tree doesn't have: chains of ranges, a nexus, interrupts-extended, reserved memory, derived clocks, …
fn manifold(mut tree: LiveTree) -> Result<Vec<u8>, Failure> {
    const GIC: u32 = 0x8005;
    tree.add_node("/", "soc")?.set("/soc", "#address-cells", 1u32)?.set("/soc", "#size-cells", 1u32)?;
    tree.set("/soc", "ranges", [0u32, 0, 0x5000_0000, 0x1000_0000, 0x2000_0000, 1, 0, 0x1000])?;
    tree.set("/soc", "dma-ranges", [0u32, 0, 0x4000_0000, 0x4000_0000])?;
    tree.add_node("/soc", "bus@1000")?.set("/soc/bus@1000", "#address-cells", 2u32)?;
    tree.set("/soc/bus@1000", "ranges", [0u32, 0, 0x1000, 0x1000, 1, 0, 0x9000, 0x100])?;
    tree.set("/soc/bus@1000", "phandle", 0x100u32)?.set("/soc/bus@1000", "#interrupt-cells", 1u32)?;
    tree.set("/soc/bus@1000", "interrupt-map-mask", [0u32, 0, 7])?;
    tree.set("/soc/bus@1000", "interrupt-map", [0u32, 0, 1, GIC, 0, 0, 0, 40, 4, 0, 0, 2, GIC, 0, 0, 0, 41, 4])?;
    let serial = "/soc/bus@1000/serial@0,80";
    tree.add_node("/soc/bus@1000", "serial@0,80")?.set(serial, "compatible", "arm,pl011")?;
    tree.set(serial, "reg", [0u32, 0x80, 0x40])?.set(serial, "interrupts", [1u32, 2])?;
    tree.set(serial, "clocks", [0x102u32, 0x101])?;
    let rtc = "/soc/rtc@2000";
    tree.add_node("/soc", "rtc@2000")?.set(rtc, "compatible", "arm,pl031")?.set(rtc, "reg", [0x2000u32, 0x1000])?;
    tree.set(rtc, "interrupts-extended", [GIC, 0, 50, 4, 0x100, 1])?.set(rtc, "status", "okay")?;
    tree.add_node("/", "crystal")?
        .set("/crystal", "compatible", "fixed-clock")?
        .set("/crystal", "phandle", 0x101u32)?;
    tree.set("/crystal", "#clock-cells", 0u32)?.set("/crystal", "clock-frequency", [0u32, 48_000_000])?;
    tree.add_node("/", "half")?.set("/half", "compatible", "fixed-factor-clock")?.set("/half", "phandle", 0x102u32)?;
    tree.set("/half", "#clock-cells", 0u32)?.set("/half", "clock-mult", 1u32)?.set("/half", "clock-div", 2u32)?;
    tree.set("/half", "clocks", 0x101u32)?;
    tree.add_node("/", "reserved-memory")?.set("/reserved-memory", "#address-cells", 2u32)?;
    tree.set("/reserved-memory", "#size-cells", 2u32)?.set("/reserved-memory", "ranges", Vec::<u8>::new())?;
    let pool = "/reserved-memory/pool";
    tree.add_node("/reserved-memory", "pool")?.set(pool, "size", [0u32, 0x10_0000])?;
    tree.set(pool, "alignment", [0u32, 0x1000])?.set(pool, "alloc-ranges", [0u32, 0x4000_0000, 0, 0x1000_0000])?;
    let secure = "/reserved-memory/secure@50000000";
    tree.add_node("/reserved-memory", "secure@50000000")?.set(secure, "reg", [0u32, 0x5000_0000, 0, 0x1000])?;
    tree.set(secure, "no-map", Vec::<u8>::new())?;
    tree.set("/cpus/cpu@1", "enable-method", "spin-table")?.set("/cpus/cpu@1", "cpu-release-addr", [0u32, 0xd8])?;
    tree.set("/chosen", "bootargs", "quiet")?.set("/chosen", "linux,initrd-start", 0x4800_0000u32)?;
    tree.set("/chosen", "linux,initrd-end", 0x4900_0000u32)?.set("/chosen", "stdout-path", "serial0:115200n8")?;
    Ok(tree.to_blob())
}

enum Outcome {
    Refused,
    Opened { stops: bool },
}

/// Asks a blob everything that the kernel asks, and more.
fn exercise(blob: &[u8]) -> Outcome {
    let mut records = vec![Record::EMPTY; 512];
    let tree = match Tree::open(blob, &mut records) {
        Ok(tree) => tree,
        Err(error) => {
            let mut text = String::new();
            let _ = write!(text, "{error}");
            assert!(!text.is_empty() && error.offset().is_none_or(|at| at <= blob.len()), "{error}");
            return Outcome::Refused;
        }
    };
    let mut text = String::new();
    ask::tree(&tree, &mut text);
    let chosen = check::select(tables::BOARDS, &tree).map(|board| board.name);
    let _ = write!(text, "{chosen:?}");
    let mut stops = false;
    for board in tables::BOARDS {
        let mut rows = vec![Row::EMPTY; check::rows_for(tables::BOARDS)];
        if let Ok(ledger) = check::check(board, &tree, &mut rows) {
            // Every board's ledger has to survive the tree; only the chosen one would stop the boot.
            stops |= chosen.as_ref().is_ok_and(|name| *name == board.name) && ledger.stop().is_some();
            ask::ledger(board, &ledger, &mut text);
        }
    }
    Outcome::Opened { stops }
}
