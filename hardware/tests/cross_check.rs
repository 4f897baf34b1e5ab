//! Every answer about real trees, held against a second reader.
//!
//! `KEEL_DTBS` names a folder of trees; without it, or without `dtc`, nothing can be compared and the test says so.

mod oracle;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use hardware::board::InterruptType;
use hardware::tree::{InterruptSpec, Node, Record, Tree, TreeError};
use oracle::{Line, Oracle};

/// What was compared, and how long reading took.
#[derive(Default)]
struct Tally {
    trees: usize,
    nodes: usize,
    regs: usize,
    interrupts: usize,
    reading: Duration,
    differences: Vec<String>,
}

#[test]
fn agrees_with_an_independent_reader() {
    let Some(folder) = std::env::var_os("KEEL_DTBS") else {
        return println!("skipped: KEEL_DTBS names no folder of trees");
    };
    if Command::new("dtc").arg("--version").output().is_err() {
        return println!("skipped: dtc isn't installed");
    }
    let blobs = blobs(Path::new(&folder));
    assert!(!blobs.is_empty(), "no *.dtb in {}", Path::new(&folder).display());
    let start = Instant::now();
    let mut tally = Tally::default();
    for blob in &blobs {
        tally.compare_tree(blob);
    }
    println!(
        "figure: {} trees, {} nodes, {} regs, {} interrupts: {} differences; {:.1?} in all, {:.1?} of it ours",
        tally.trees,
        tally.nodes,
        tally.regs,
        tally.interrupts,
        tally.differences.len(),
        start.elapsed(),
        tally.reading
    );
    assert!(tally.differences.is_empty(), "{}", tally.differences.join("\n"));
}

/// All `*.dtb` below a folder, in a fixed order.
fn blobs(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "dtb") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

impl Tally {
    fn compare_tree(&mut self, file: &Path) {
        let blob = std::fs::read(file).expect("a readable tree");
        let mut records = vec![Record::EMPTY; 4096];
        let oracle = Oracle::read(file);
        let start = Instant::now();
        let tree = Tree::open(&blob, &mut records).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        visit(&tree);
        self.reading += start.elapsed();
        self.trees += 1;
        let mut differ = |what: &str, same: bool| {
            if !same {
                self.differences.push(format!("{}: {what}", file.display()));
            }
        };
        differ("number of nodes", tree.len() == oracle.nodes.len());
        let stdout = tree.stdout().map_err(drop);
        let stdout = stdout.map(|out| out.map(|out| (out.node.path().to_string(), out.options.to_string())));
        differ("stdout", stdout == oracle.stdout());
        let memory: Vec<_> = tree.memory().map(|region| region.map(|region| (region.base, region.size))).collect();
        differ("memory", memory == oracle.memory().into_iter().map(Ok).collect::<Vec<_>>());
        let reserved: Vec<_> = tree.memory_reservations().map(|region| (region.base, region.size)).collect();
        differ("memory reservations", reserved == oracle.reservations);
        for (index, node) in tree.nodes().enumerate().take(oracle.nodes.len()) {
            self.compare_node(file, &oracle, index, node);
        }
    }

    fn compare_node(&mut self, file: &Path, oracle: &Oracle, index: usize, node: Node<'_>) {
        let theirs = &oracle.nodes[index];
        let mut differ = |what: &str, ours: &dyn std::fmt::Debug, theirs: &dyn std::fmt::Debug| {
            let (ours, theirs) = (format!("{ours:?}"), format!("{theirs:?}"));
            if ours != theirs {
                let path = node.path();
                self.differences.push(format!("{}: {path} {what}: {ours} here, {theirs} there", file.display()));
            }
        };
        differ("path", &node.path().to_string(), &theirs.path);
        differ("enabled", &node.enabled(), &oracle.enabled(index));
        let properties = node.properties().map(|property| (property.name().to_string(), property.value().to_vec()));
        let same = properties.eq(theirs.properties.iter().cloned());
        differ("properties are the same", &same, &true);
        let regs: Vec<_> = node.regs().map(|reg| reg.map(|reg| (reg.bus, reg.size, reg.cpu)).map_err(drop)).collect();
        let their_regs = oracle.regs(index).into_iter().map(|reg| reg.map(|reg| (reg.bus, reg.size, reg.cpu)));
        self.regs += regs.len();
        differ("regs", &regs, &their_regs.collect::<Vec<_>>());
        let lines: Vec<_> = node.interrupts().map(line).collect();
        self.interrupts += lines.len();
        differ("interrupts", &lines, &oracle.interrupts(index));
        self.nodes += 1;
    }
}

/// An interrupt in the second reader's words.
fn line(spec: Result<InterruptSpec<'_>, TreeError>) -> Result<Line, ()> {
    let spec = spec.map_err(drop)?;
    let gic = spec.gic.map(|line| {
        let kind = match line.kind {
            InterruptType::Spi => 0,
            InterruptType::Ppi => 1,
            InterruptType::Espi => 2,
            InterruptType::Eppi => 3,
        };
        (kind, line.number.into(), spec.flags)
    });
    Ok(Line { controller: spec.controller.path().to_string(), cells: spec.specifier.cells().collect(), gic })
}

/// Asks for everything that is compared, for the clock.
fn visit(tree: &Tree<'_>) {
    for node in tree.nodes() {
        std::hint::black_box((node.enabled(), node.regs().count(), node.interrupts().count()));
    }
}
