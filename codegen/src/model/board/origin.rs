//! Which facts are as they are because of a fix or a variant: the ones that read otherwise before that edit.

use hardware::board::{Item, Value};
use hardware::check::LiveNode;
use hardware::tree::Tree;

use super::edit::By;
use super::{Cpu, Device, Fact, Inputs, Origin, Recorded, devices, policy};

/// Sets the origin of every fact that an edit has changed, and the policy of those that a fix has. Says of each edit
/// whether it has changed anything.
pub(super) fn attribute(inputs: Inputs<'_>, devices: &[Device], cpus: &[Cpu], facts: &mut [Fact]) -> Vec<bool> {
    let steps = inputs.steps;
    let mut effective = vec![false; steps.len()];
    if steps.is_empty() {
        return effective;
    }
    let first_fix = steps.iter().position(|step| step.by != By::Variant).unwrap_or(steps.len());
    for fact in facts {
        let (path, compatible) = match (fact.device.and_then(|index| devices.get(index)), fact.item) {
            (Some(device), _) => (device.path.as_str(), device.compatible.as_str()),
            (None, Item::Mpidr(cpu)) => (cpus.get(usize::from(cpu)).map_or("", |cpu| cpu.path.as_str()), ""),
            (None, _) => continue,
        };
        let trees = steps.iter().map(|step| &step.before).chain([inputs.tree]);
        let mut readings: Vec<Recorded> = trees.map(|tree| read(tree, path, fact.item, compatible)).collect();
        let changed: Vec<usize> = (0..steps.len()).filter(|&edit| readings[edit] != readings[edit + 1]).collect();
        changed.iter().for_each(|&edit| effective[edit] = true);
        let Some(step) = changed.last().and_then(|&edit| steps.get(edit)) else { continue };
        match step.by {
            By::Variant => fact.origin = Origin::Variant(step.line.clone()),
            // What one fix changes and the next changes back is what it was.
            By::Fix(_) if readings[first_fix] == readings[steps.len()] => {}
            By::Fix(fix) => {
                fact.policy = policy::of_fixed(fact.policy);
                fact.origin = Origin::Fix { fix, recorded: readings.swap_remove(first_fix) };
            }
        }
    }
    note_devices(inputs, &mut effective);
    effective
}

/// An edit that takes a device or a value away changes something, too.
fn note_devices(inputs: Inputs<'_>, effective: &mut [bool]) {
    let trees = inputs.steps.iter().map(|step| &step.before).chain([inputs.tree]);
    let known: Vec<Vec<String>> = trees.map(|tree| devices::brought(inputs.bindings, tree)).collect();
    for (effective, pair) in effective.iter_mut().zip(known.windows(2)) {
        *effective |= pair[0] != pair[1];
    }
}

/// What `tree` has where the check would look.
fn read(tree: &Tree<'_>, path: &str, item: Item, compatible: &str) -> Recorded {
    let Some(node) = tree.find(path) else { return Recorded::Missing };
    if !node.enabled() {
        return Recorded::Disabled;
    }
    let value = match item {
        Item::Compatible if node.is_compatible(compatible) => return Recorded::Compatible(compatible.to_owned()),
        Item::Compatible => {
            let first = node.compatible().next();
            return first.map_or(Recorded::Missing, |first| Recorded::Compatible(first.to_owned()));
        }
        Item::Window(n) => LiveNode::window(node, n).map(|window| window.map(Value::Window)),
        Item::Interrupt(n) => LiveNode::interrupt(node, n).map(|line| line.map(Value::Interrupt)),
        Item::Clock(n) => LiveNode::clock(node, n).map(|rate| rate.map(Value::Clock)),
        Item::Conduit => LiveNode::conduit(node).map(|conduit| conduit.map(Value::Conduit)),
        Item::Mpidr(_) => LiveNode::mpidr(node).map(|mpidr| mpidr.map(Value::Mpidr)),
    };
    match value {
        Ok(Some(value)) => Recorded::Value(value),
        Ok(None) => Recorded::Missing,
        Err(_) => Recorded::Unresolvable,
    }
}
