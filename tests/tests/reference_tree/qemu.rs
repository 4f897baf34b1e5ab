//! The trees that QEMU made.

use std::collections::BTreeMap;
use std::process::Command;

use tests::{Failure, Gic, LiveTree, Machine, QEMU, paths};

/// The QEMU that made the reference trees (boards/README.md).
const MADE_BY: &str = "version 10.0.";
/// What facts are made of: the same in every QEMU, or the board file is wrong.
const FACTUAL: [&str; 8] =
    ["compatible", "reg", "ranges", "interrupts", "clock-frequency", "method", "interrupt-parent", "status"];

#[test]
fn qemu_virt_is_what_qemu_hands_over() -> Result<(), Failure> {
    is_what_qemu_hands_over("qemu-virt", Gic::V3)
}

#[test]
fn qemu_virt_gicv2_is_what_qemu_hands_over() -> Result<(), Failure> {
    is_what_qemu_hands_over("qemu-virt-gicv2", Gic::V2)
}

fn is_what_qemu_hands_over(board: &str, gic: Gic) -> Result<(), Failure> {
    let version = Command::new(QEMU).arg("--version").output()?.stdout;
    let same_qemu = String::from_utf8_lossy(&version).contains(MADE_BY);
    let reference = contents(&std::fs::read(paths::root().join(format!("boards/{board}.dtb")))?)?;
    let machine = Machine::virt().gic(gic).cpus(4).memory_mib(1024);
    let live = contents(&machine.tree(&format!("reference-tree-{board}"))?)?;
    assert!(reference.len() > 100, "the reference tree is nearly empty");
    let factual = |key: &&String| key.rsplit_once(' ').is_some_and(|(_, property)| FACTUAL.contains(&property));
    let keys = reference.keys().chain(live.keys()).filter(|key| if same_qemu { true } else { factual(key) });
    let mut differing: Vec<&String> = keys.filter(|key| reference.get(*key) != live.get(*key)).collect();
    differing.dedup();
    if !same_qemu {
        // A newer QEMU may show devices that the reference doesn't have; what it has must be the same.
        differing.retain(|key| reference.contains_key(*key));
    }
    assert!(differing.is_empty(), "boards/{board}.dtb and QEMU differ in {differing:#?}");
    Ok(())
}

/// Phandles are numbers that QEMU hands out: part of the blob, so part of the comparison; seeds are not in it.
fn contents(blob: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    Ok(LiveTree::read(blob)?.contents())
}
