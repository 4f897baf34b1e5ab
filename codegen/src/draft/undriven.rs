//! What a board has and nothing drives.

use std::collections::BTreeMap;

use hardware::tree::{Node, Tree};

use crate::model::board::Board;

/// Buses and the like, which are nothing to drive: their children are.
const TRANSPARENT: [&str; 4] = ["simple-bus", "simple-mfd", "simple-pm-bus", "syscon"];

/// Devices without a driver, and nodes without a binding.
#[derive(Debug)]
pub struct Undriven {
    /// Bindings without a driver, with the number of their devices: named, checked and reported, but not started.
    pub known: Vec<(String, usize)>,
    /// The same of those whose driver the draft's preset leaves out.
    pub by_preset: Vec<(String, usize)>,
    /// Most specific strings of enabled nodes that no binding knows, with the number of nodes; most first.
    pub unknown: Vec<(String, usize)>,
}

impl Undriven {
    /// Of `board`, whose reference tree is `tree`.
    pub(super) fn new(board: &Board, tree: &Tree<'_>) -> Self {
        let (mut known, mut by_preset) = (BTreeMap::<&str, usize>::new(), BTreeMap::<&str, usize>::new());
        for device in board.devices.iter().filter(|device| device.driver.is_none()) {
            let counts = if device.by_preset.is_some() { &mut by_preset } else { &mut known };
            *counts.entry(&device.binding_name).or_default() += 1;
        }
        let mut of_table = vec![false; tree.len()];
        for device in &board.devices {
            of_table[device.node] = true;
        }
        let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
        for node in tree.nodes().filter(|node| !of_table[node.index()] && is_device(*node)) {
            *unknown.entry(node.compatible().next().unwrap_or_default()).or_default() += 1;
        }
        Self { known: sorted(known), by_preset: sorted(by_preset), unknown: sorted(unknown) }
    }
}

/// Enabled, with a `compatible` that stands for hardware.
fn is_device(node: Node<'_>) -> bool {
    let below = |name| node.parent().is_some_and(|parent| parent.depth() == 1 && parent.name() == name);
    let transparent = || node.compatible().any(|string| TRANSPARENT.contains(&string));
    let has = node.depth() > 0 && node.enabled() && node.compatible().next().is_some();
    has && !below("cpus") && !below("reserved-memory") && !transparent()
}

/// Most first.
fn sorted(counts: BTreeMap<&str, usize>) -> Vec<(String, usize)> {
    let mut counts: Vec<(String, usize)> = counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    counts
}
