//! The order in which devices start: what a device needs before the device, and otherwise by stage.

use std::collections::BTreeSet;

use super::{Device, Inputs, NOT_DRIVEN};
use crate::findings::{Finding, Findings, code};

/// Indices of `devices`, dependencies first, and those of them that wait for themselves. Each circle is a finding; whatever
/// waits for it goes on.
pub(super) fn order(devices: &[Device], inputs: Inputs<'_>, findings: &mut Findings) -> (Vec<usize>, Vec<usize>) {
    let mut order = Vec::with_capacity(devices.len());
    let mut stuck = Vec::new();
    let mut waiting: BTreeSet<usize> = (0..devices.len()).collect();
    let ready = |waiting: &BTreeSet<usize>| {
        let free = waiting.iter().filter(|&&index| devices[index].needs.iter().all(|need| !waiting.contains(need)));
        free.copied().min_by_key(|&index| (devices[index].stage, index))
    };
    while let Some(&first) = waiting.first() {
        match ready(&waiting) {
            Some(next) => {
                waiting.remove(&next);
                order.push(next);
            }
            None => {
                let circle = circle(devices, &waiting, first);
                findings.push(cycle(devices, &circle, inputs));
                waiting.retain(|index| !circle.contains(index));
                order.extend(&circle);
                stuck.extend(circle);
            }
        }
    }
    (order, stuck)
}

/// The circle that `start` runs into.
fn circle(devices: &[Device], waiting: &BTreeSet<usize>, start: usize) -> Vec<usize> {
    let next = |index: usize| devices[index].needs.iter().copied().find(|need| waiting.contains(need));
    let mut path = vec![start];
    while let Some(need) = next(path[path.len() - 1]) {
        if let Some(again) = path.iter().position(|&index| index == need) {
            path.drain(..again);
            break;
        }
        path.push(need);
    }
    path
}

fn cycle(devices: &[Device], path: &[usize], inputs: Inputs<'_>) -> Finding {
    let names: Vec<String> =
        path.iter().chain(path.first()).map(|&index| format!("`{}`", devices[index].name)).collect();
    let first = &devices[path[0]];
    let node = inputs.tree.node(first.node).unwrap_or_else(|| inputs.tree.root());
    let property = if node.property("clocks").is_some() { "clocks" } else { "interrupt-parent" };
    let place = inputs.blob.place(node, property);
    Finding::warning(code::DEPENDENCY_CYCLE, format!("`{}` has to start before itself", first.name), place, "")
        .note(format!("each needs the next: {}", names.join(" → ")))
        .note(NOT_DRIVEN)
        .help("no hardware works like that: one of these references is wrong in the tree")
}
