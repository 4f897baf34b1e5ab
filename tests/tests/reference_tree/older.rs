//! The Raspberry Pi 5 as older firmware describes it, on either stepping.
//!
//! No such tree was recorded for this project. The ones here are derived: a current tree, rewritten as the older firmware is
//! known to have it. One cell for the root's sizes, so that the `reg` of its children and the reserved memory are one cell
//! shorter, and `ranges` of the SoC's bus that are only the 64 MiB from 0x7c00_0000. Stepping D0 has the debug UART on SPI
//! 120. Where the SD host was in those trees isn't known here: it stays below a bus that doesn't reach it any more, which
//! such trees are known for, too (github.com/raspberrypi/linux, issue 6196).

use std::path::PathBuf;

use codegen::findings::{Findings, Place};
use codegen::parse::tree::Blob;
use codegen::verify;
use hardware::check::{Row, Verdict};
use tests::{Failure, LiveTree, paths};

const SOC: &str = "/soc@107c000000";
const UART: &str = "/soc@107c000000/serial@7d001000";

#[test]
fn the_committed_tree_as_older_firmware_has_it_is_a_kind_of_its_own() -> Result<(), Failure> {
    are_kinds_of_their_own(&LiveTree::read(&std::fs::read(paths::root().join("boards/rpi5.dtb"))?)?)
}

#[test]
fn mainlines_tree_as_older_firmware_has_it_is_a_kind_of_its_own() -> Result<(), Failure> {
    let Some(file) = mainline("bcm2712-rpi-5-b.dtb") else {
        println!("skipped: KEEL_DTBS names no folder of trees");
        return Ok(());
    };
    are_kinds_of_their_own(&LiveTree::read(&std::fs::read(file)?)?)
}

#[test]
fn a_raspberry_pi_4_is_refused_and_told_why() {
    let Some(file) = mainline("bcm2711-rpi-4-b.dtb") else {
        println!("skipped: KEEL_DTBS names no folder of trees");
        return;
    };
    let refusal = verify::verify(&paths::root(), "rpi5", &file).expect_err("a Pi 4 is no Pi 5").render();
    for part in ["error[K0301]", "raspberrypi,4-model-b", "boards/rpi5.toml is for raspberrypi,5-model-b"] {
        assert!(refusal.contains(part), "{part} isn't in:\n{refusal}");
    }
}

fn mainline(file: &str) -> Option<PathBuf> {
    Some(PathBuf::from(std::env::var_os("KEEL_DTBS")?).join("broadcom").join(file))
}

/// Holds the derived trees of both steppings to the variants that they should be.
fn are_kinds_of_their_own(current: &LiveTree) -> Result<(), Failure> {
    let c1 = older(current)?;
    let mut d0 = c1.clone();
    d0.set(UART, "interrupts", [0u32, 120, 4])?;
    for (tree, title) in [(c1, "rpi5 (size-cells-1)"), (d0, "rpi5 (d0-size-cells-1)")] {
        let table = verify::table(&paths::root(), "rpi5").unwrap_or_else(|findings| panic!("{findings}"));
        let live = Blob { path: "derived.dtb".into(), bytes: tree.to_blob(), named: Place::Nowhere };
        let ledger = verify::ledger(table, live).unwrap_or_else(|findings| panic!("{findings}"));
        let text = verify::text(&ledger);
        assert_eq!(ledger.board().title().to_string(), title);
        assert_eq!(ledger.counts().matched, ledger.board().facts.len(), "{text}");
        let others: Vec<&Row<'_>> = ledger.rows().iter().filter(|row| row.verdict != Verdict::Match).collect();
        assert!(matches!(others[..], [row] if row.name() == "mmc@fff000" && row.verdict == Verdict::Extra), "{text}");
    }
    Ok(())
}

/// `current` as older firmware has it.
fn older(current: &LiveTree) -> Result<LiveTree, Failure> {
    let mut tree = current.clone();
    for (key, value) in current.contents() {
        let Some((path, property)) = key.split_once(' ') else { continue };
        let bus = path.rsplit_once('/').map_or("", |(bus, _)| bus);
        let below = !path.is_empty() && ["", "/reserved-memory"].contains(&bus);
        match property {
            "reg" | "alloc-ranges" if below => drop(tree.set(path, property, one_cell_sizes(&value, 2))?),
            "size" if below => drop(tree.set(path, property, one_cell_sizes(&value, 0))?),
            "#size-cells" if ["", "/reserved-memory"].contains(&path) => {
                tree.set(if path.is_empty() { "/" } else { path }, property, 1u32)?;
            }
            _ => {}
        }
    }
    tree.set(SOC, "ranges", [0x7c00_0000_u32, 0x10, 0x7c00_0000, 0x0400_0000])?;
    let opened = Blob { path: "derived.dtb".into(), bytes: tree.to_blob(), named: Place::Nowhere };
    assert!(opened.open(&mut Vec::new(), &mut Findings::default()).is_some(), "the derived tree is whole");
    Ok(tree)
}

/// Entries of `addresses` cells and a size of two, with a size of one.
fn one_cell_sizes(value: &[u8], addresses: usize) -> Vec<u32> {
    let cells: Vec<u32> = value.as_chunks().0.iter().map(|cell| u32::from_be_bytes(*cell)).collect();
    let entries = cells.chunks_exact(addresses + 2).flat_map(|entry| {
        assert_eq!(entry[addresses], 0, "4 GiB or more don't fit one cell");
        entry[..addresses].iter().chain(&entry[addresses + 1..])
    });
    entries.copied().collect()
}
