//! The Raspberry Pis' trees, which are written here, beside mainline Linux'.
//!
//! `tests/fixtures/trees/BOARD.txt` lists every difference with its reason. A line is `KIND PATTERN  REASON`: the kind is
//! `-` for what only mainline has, `+` for what only ours has, `~` for another value; the pattern is a node's path, or a
//! path and a property, and `*` in it stands for anything.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use codegen::findings::Findings;
use codegen::parse::tree::Blob;
use codegen::verify;
use tests::{Failure, paths};

use super::meaning::{self, Meaning};

#[test]
fn rpi4_differs_from_mainline_only_as_listed() -> Result<(), Failure> {
    differs_as_listed("rpi4", "broadcom/bcm2711-rpi-4-b.dtb")
}

#[test]
fn rpi5_differs_from_mainline_only_as_listed() -> Result<(), Failure> {
    differs_as_listed("rpi5", "broadcom/bcm2712-rpi-5-b.dtb")
}

/// A line of the list.
struct Expected {
    kind: char,
    pattern: String,
}

/// A node or property that isn't the same.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Difference {
    kind: char,
    key: String,
    values: String,
}

fn differs_as_listed(board: &str, mainline: &str) -> Result<(), Failure> {
    let expected = read(board)?;
    let Some(mainline) = std::env::var_os("KEEL_DTBS").map(|folder| PathBuf::from(folder).join(mainline)) else {
        println!("skipped: KEEL_DTBS names no folder of trees");
        return Ok(());
    };
    let ours = meaning::of(&std::fs::read(paths::root().join(format!("boards/{board}.dtb")))?)?;
    let differences = differences(&ours, &meaning::of(&std::fs::read(&mainline)?)?);
    assert!(ours.len() > 150, "{board}'s tree is nearly empty");
    let listed = |difference: &Difference| expected.iter().any(|expected| expected.is(difference));
    let unlisted: Vec<String> = differences
        .iter()
        .filter(|difference| !listed(difference))
        .map(|difference| format!("{} {}   {}", difference.kind, difference.key, difference.values))
        .collect();
    assert!(unlisted.is_empty(), "tests/fixtures/trees/{board}.txt doesn't list:\n{}", unlisted.join("\n"));
    for expected in &expected {
        let found = differences.iter().any(|difference| expected.is(difference));
        assert!(
            found,
            "tests/fixtures/trees/{board}.txt: nothing differs like `{} {}`",
            expected.kind, expected.pattern
        );
    }
    every_fact_matches(board, &mainline);
    Ok(())
}

/// The board's table holds on the machine that mainline's tree describes; what the table doesn't list may be there.
fn every_fact_matches(board: &str, mainline: &Path) {
    let table = verify::table(&paths::root(), board).unwrap_or_else(|findings| panic!("{findings}"));
    let live = Blob::read_file(mainline, &mut Findings::default()).expect("it was just read");
    let ledger = verify::ledger(table, live).unwrap_or_else(|findings| panic!("{findings}"));
    assert_eq!(ledger.counts().matched, table.facts.len(), "{}", verify::text(&ledger));
}

/// The list; one without a reason is refused, also where there is no tree to compare with.
fn read(board: &str) -> Result<Vec<Expected>, Failure> {
    let text = std::fs::read_to_string(paths::root().join(format!("tests/fixtures/trees/{board}.txt")))?;
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let read = |line: &str| {
        let (what, reason) = line.split_once("  ").unwrap_or_else(|| panic!("{board}.txt: no reason in `{line}`"));
        let (kind, pattern) = what.split_at(1);
        assert!(["-", "+", "~"].contains(&kind) && !reason.trim().is_empty(), "{board}.txt: `{line}`");
        Expected { kind: kind.chars().next().unwrap_or('~'), pattern: pattern.trim().to_owned() }
    };
    Ok(lines.map(read).collect())
}

fn differences(ours: &Meaning, mainline: &Meaning) -> BTreeSet<Difference> {
    let keys: BTreeSet<&String> = ours.keys().chain(mainline.keys()).collect();
    let difference = |key: &String| {
        let (kind, values) = match (ours.get(key), mainline.get(key)) {
            (Some(ours), Some(mainline)) if ours != mainline => ('~', format!("{ours} instead of {mainline}")),
            (Some(ours), None) => ('+', ours.clone()),
            (None, Some(mainline)) => ('-', mainline.clone()),
            _ => return None,
        };
        Some(Difference { kind, key: key.clone(), values })
    };
    keys.into_iter().filter_map(difference).collect()
}

impl Expected {
    fn is(&self, difference: &Difference) -> bool {
        self.kind == difference.kind && matches(&self.pattern, &difference.key)
    }
}

/// Whether `text` is like `pattern`, in which `*` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text
            .strip_prefix(start)
            .is_some_and(|text| (0..=text.len()).any(|at| text.get(at..).is_some_and(|text| matches(rest, text)))),
    }
}

#[test]
fn a_star_stands_for_anything() {
    assert!(matches("/soc/dsi*", "/soc/dsi@7e209000 clocks") && matches("* status", "/soc/x status"));
    assert!(!matches("/soc/dsi", "/soc/dsi@7e209000") && !matches("* status", "/soc/x status2"));
}
