//! Ten look-ups with translation on the Raspberry Pi 5's tree: ours, opening the tree included, against libfdt's and
//! `fdt`'s.
//!
//! `cargo bench -p hardware --target host-tuple --bench look_up -- [--json]`
//!
//! `KEEL_DTBS` names a folder that has the tree; libfdt's share needs `cc`, `libfdt-dev`; instruction counts need
//! `valgrind`. What is missing is said, and its figures are left out.

mod fdt_crate;
mod measure;
mod ours;

use std::path::{Path, PathBuf};

use measure::{Figure, measure, measure_libfdt};

const TREE: &str = "broadcom/bcm2712-rpi-5-b.dtb";

/// By path or by `compatible`: the node's first window in CPU addresses, and its first interrupt.
const LOOK_UPS: [&str; 10] = [
    "/soc@107c000000/serial@7d001000",
    "/soc@107c000000/mmc@fff000",
    "/soc@107c000000/timer@7c003000",
    "/soc@107c000000/mailbox@7c013880",
    "/soc@107c000000/interrupt-controller@7fff9000",
    "arm,gic-400",
    "arm,pl011",
    "brcm,bcm2712-sdhci",
    "brcm,bcm2835-system-timer",
    "brcm,bcm7271-l2-intc",
];

/// What is measured, once over the given blob; a checksum of the answers.
type Work = fn(&[u8]) -> u64;

const WORKS: [(&str, Work); 3] = [("ours", ours::look_ups), ("open", ours::open), ("fdt", fdt_crate::look_ups)];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [run, work, tree, repetitions] = arguments.as_slice()
        && run == "--run"
    {
        return measure::run(work, Path::new(tree), repetitions.parse().expect("a number of repetitions"));
    }
    let json = arguments.iter().any(|argument| argument == "--json");
    let Some(tree) = tree() else {
        let reason = format!("KEEL_DTBS names no folder with {TREE}");
        return if json { println!(r#"{{"skipped":"{reason}"}}"#) } else { println!("SKIP look_up: {reason}") };
    };
    let [ours, open, fdt] = WORKS.map(|(name, work)| measure(name, work, &tree));
    let libfdt = measure_libfdt(&tree);
    if let Some(libfdt) = &libfdt {
        assert_eq!(libfdt.checksum, ours.checksum, "libfdt answers otherwise");
    }
    assert_eq!(fdt.checksum, ours.checksum, "fdt answers otherwise");
    let rows = [Some(("ours", ours)), Some(("open", open)), libfdt.map(|f| ("libfdt", f)), Some(("fdt", fdt))];
    let rows: Vec<_> = rows.into_iter().flatten().collect();
    if json { print_json(&rows) } else { print_table(&rows) }
}

fn tree() -> Option<PathBuf> {
    let tree = Path::new(&std::env::var_os("KEEL_DTBS")?).join(TREE);
    tree.is_file().then_some(tree)
}

fn print_table(rows: &[(&str, Figure)]) {
    println!("ten look-ups on {TREE} (ours: with opening the tree; open: that alone)");
    println!("{:8} {:>9} {:>13} {:>12}", "", "ns", "instructions", "time / ours");
    for (name, figure) in rows {
        let instructions = figure.instructions.map_or("-".into(), |count| count.to_string());
        let share = figure.nanoseconds as f64 / rows[0].1.nanoseconds as f64;
        println!("{name:8} {:>9} {instructions:>13} {share:>11.2}x", figure.nanoseconds);
    }
}

fn print_json(rows: &[(&str, Figure)]) {
    let rows: Vec<_> = rows
        .iter()
        .map(|(name, figure)| {
            let instructions = figure.instructions.map_or("null".into(), |count| count.to_string());
            format!(r#""{name}":{{"nanoseconds":{},"instructions":{instructions}}}"#, figure.nanoseconds)
        })
        .collect();
    println!(r#"{{"tree":"{TREE}",{}}}"#, rows.join(","));
}
