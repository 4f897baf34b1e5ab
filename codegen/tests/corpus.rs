//! Real trees, all the way: a bounded share of those that `KEEL_DTBS` names. `cargo xtask corpus FOLDER --compile` takes all.
#![cfg(feature = "cli")]

use std::process::Command;

mod common;

use common::root;

/// How many trees; their generated Rust is compiled, too.
const SHARE: &str = "40";

#[test]
fn real_trees_come_all_the_way_and_their_rust_compiles() {
    let Some(folder) = std::env::var_os("KEEL_DTBS") else {
        return println!("skipped: KEEL_DTBS names no folder of trees");
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_board"));
    command.args(["corpus", "--take", SHARE, "--compile", "--root"]).arg(root()).arg(&folder);
    let output = command.output().unwrap();
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{errors}");
    assert!(said.contains(&format!("compiled: {SHARE} of {SHARE}")), "{said}");
    for line in said.lines().filter(|line| line.contains(" median ") || line.contains(" all match")) {
        println!("figure: {} (this build)", line.trim());
    }
}
