//! Which package may use which.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;
use tests::paths;

/// The allowed edges: package, what it may be linked with, what its build script may use.
///
/// Tests of a package may use what the package itself or its build script may.
const ALLOWED: [(&str, &[&str], &[&str]); 8] = [
    ("hardware", &[], &[]),
    ("codegen", &["hardware"], &[]),
    ("drivers", &["hardware"], &["codegen"]),
    ("kernel-core", &["hardware"], &[]),
    ("kernel-sync", &[], &[]),
    ("kernel", &["drivers", "hardware", "kernel-core", "kernel-sync"], &["codegen"]),
    ("tests", &["hardware", "codegen", "drivers", "kernel-core", "kernel-sync"], &["codegen"]),
    ("xtask", &["codegen"], &[]),
];

type Edge = (String, String, String);

#[test]
fn packages_use_only_what_the_architecture_allows() {
    let (packages, edges) = edges(&metadata());
    let known: BTreeSet<String> = ALLOWED.iter().map(|(name, ..)| name.to_string()).collect();
    assert_eq!(packages, known, "a package was added or removed: docs/architecture.md and this table follow");
    let wrong: Vec<&Edge> = edges.iter().filter(|edge| !is_allowed(edge)).collect();
    assert!(wrong.is_empty(), "edges that docs/architecture.md does not have: {wrong:?}");
}

#[test]
fn the_rule_sees_a_wrong_edge() {
    let edge = |from: &str, to: &str, kind: &str| (from.to_owned(), to.to_owned(), kind.to_owned());
    assert!(is_allowed(&edge("drivers", "codegen", "build")));
    assert!(!is_allowed(&edge("drivers", "codegen", "normal")));
    assert!(!is_allowed(&edge("hardware", "codegen", "dev")));
    let (_, edges) = edges(&metadata());
    assert!(edges.contains(&edge("kernel", "codegen", "build")), "{edges:?}");
}

fn is_allowed((from, to, kind): &Edge) -> bool {
    let Some((_, linked, built)) = ALLOWED.iter().find(|(name, ..)| name == from) else { return false };
    let may = |list: &[&str]| list.contains(&to.as_str());
    match kind.as_str() {
        "normal" => may(linked),
        "build" => may(built),
        _ => may(linked) || may(built),
    }
}

fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(paths::root());
    let output = command.output().expect("cargo can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

/// All packages, and the edges between them: (from, to, kind).
fn edges(metadata: &Value) -> (BTreeSet<String>, Vec<Edge>) {
    let text = |value: &Value| value.as_str().unwrap_or("normal").to_owned();
    let packages: &[Value] = metadata["packages"].as_array().map_or(&[], Vec::as_slice);
    let names: BTreeSet<String> = packages.iter().map(|package| text(&package["name"])).collect();
    let edges = packages.iter().flat_map(|package| {
        let dependencies: &[Value] = package["dependencies"].as_array().map_or(&[], Vec::as_slice);
        let own = dependencies.iter().filter(|dependency| !dependency["path"].is_null());
        own.map(move |dependency| (text(&package["name"]), text(&dependency["name"]), text(&dependency["kind"])))
    });
    let edges = edges.collect();
    (names, edges)
}
