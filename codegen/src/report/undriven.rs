//! What the tree has and Keel doesn't use.

use std::collections::{BTreeMap, BTreeSet};

use hardware::tree::{Node, Tree};
use serde::Serialize;

use super::Window;
use crate::model::board::Inputs;

/// Enabled nodes of one kind that no binding knows.
#[derive(Debug, Clone, Serialize)]
pub struct Unbound {
    /// Their `compatible` strings, most specific first.
    pub compatible: Vec<String>,
    /// The nodes in blob order.
    pub nodes: Vec<UnboundNode>,
}

/// A node that no binding knows.
#[derive(Debug, Clone, Serialize)]
pub struct UnboundNode {
    /// Its path.
    pub path: String,
    /// Register windows that the CPU can reach.
    pub windows: Vec<Window>,
}

/// Strings of nodes that only hold others together: there is nothing to drive.
const CONTAINERS: [&str; 2] = ["simple-bus", "simple-pm-bus"];

/// By the first `compatible` string.
pub(super) fn unbound(inputs: Inputs<'_>) -> Vec<Unbound> {
    let strings = inputs.bindings.iter().flat_map(|binding| &binding.compatible);
    let strings: BTreeSet<&str> = strings.map(|string| string.value.as_str()).collect();
    let known = |text: &str| strings.contains(text);
    let mut kinds: BTreeMap<Vec<&str>, Vec<UnboundNode>> = BTreeMap::new();
    for node in inputs.tree.nodes().filter(|node| is_device(*node) && node.enabled()) {
        if !node.compatible().any(known) {
            kinds.entry(node.compatible().collect()).or_default().push(unbound_node(node));
        }
    }
    let unbound = |(compatible, nodes): (Vec<&str>, _)| Unbound {
        compatible: compatible.into_iter().map(str::to_owned).collect(),
        nodes,
    };
    kinds.into_iter().map(unbound).collect()
}

fn unbound_node(node: Node<'_>) -> UnboundNode {
    // A bus may have a thousand entries; a picture of the first dozen tells as much.
    let windows = (0..node.regs().count().min(12)).filter_map(|index| node.cpu_window(index).ok());
    let windows = windows.map(|window| Window { base: window.base, size: window.size, name: None });
    UnboundNode { path: node.path().to_string(), windows: windows.collect() }
}

/// How many devices are switched off.
pub(super) fn disabled(tree: &Tree<'_>) -> usize {
    tree.nodes().filter(|node| is_device(*node) && !node.enabled()).count()
}

/// Neither the root, nor a CPU, nor a node that only holds others.
fn is_device(node: Node<'_>) -> bool {
    let is_cpu = node.property("device_type").is_some_and(|kind| kind.as_str() == Ok("cpu"));
    let contains = CONTAINERS.iter().any(|container| node.is_compatible(container));
    node.depth() > 0 && node.compatible().next().is_some() && !is_cpu && !contains
}
