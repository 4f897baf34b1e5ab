//! Devices: the enabled nodes that a binding knows, with what they bring.

use std::collections::HashMap;

use hardware::tree::{Node, Tree};

use super::{Device, Inputs, names, values};
use crate::findings::{Finding, Findings, code};
use crate::model::device::Binding;

/// A node, the index of its binding, and the string by which it was found.
type Match<'t> = (Node<'t>, usize, &'t str);

/// The most facts of a board; of 344 real trees, the one with the most brings 152. What follows compares devices with each other.
const MOST_FACTS: usize = 4096;

/// The index of the binding that knows a `compatible` string.
type Known<'b> = HashMap<&'b str, usize>;

/// All devices in blob order, their facts not yet numbered.
pub(super) fn resolve(inputs: Inputs<'_>, findings: &mut Findings) -> Vec<Device> {
    let known = known(inputs.bindings);
    let matches: Vec<Match<'_>> = inputs.tree.nodes().filter_map(|node| find(&known, node)).collect();
    let mut nodes: Vec<Node<'_>> = matches.iter().map(|&(node, ..)| node).collect();
    let names = names::names(inputs.tree, &nodes);
    let mut devices: Vec<Device> = Vec::new();
    let mut facts = 0;
    for (&found, name) in matches.iter().zip(names) {
        let device = device(inputs, found, name, findings);
        facts += self::facts(&device);
        if facts > MOST_FACTS {
            findings.push(too_many(inputs, found.0));
            break;
        }
        devices.push(device);
    }
    nodes.truncate(devices.len());
    let needs: Vec<Vec<usize>> = nodes.iter().map(|&node| needs(node, &nodes)).collect();
    for (device, needs) in devices.iter_mut().zip(needs) {
        device.needs = needs;
    }
    devices
}

/// What the devices that `tree` has bring: path by path, each value that the check could find there.
pub(super) fn brought(bindings: &[Binding], tree: &Tree<'_>) -> Vec<String> {
    let known = known(bindings);
    let devices = tree.nodes().filter_map(|node| find(&known, node));
    let brought = devices.map(|(node, ..)| {
        let windows = (0..node.regs().take(values::MOST).count()).map(|index| node.cpu_window(index).ok());
        let windows: Vec<_> = windows.collect();
        let interrupts: Vec<_> = node.interrupts().take(values::MOST).map(|spec| spec.ok()?.gic).collect();
        let clocks: Vec<_> = node.clocks().take(values::MOST).map(|clock| clock.ok()?.rate).collect();
        format!("{} {windows:?} {interrupts:?} {clocks:?}", node.path())
    });
    brought.collect()
}

/// The first binding with each string; a second one is a finding elsewhere.
fn known(bindings: &[Binding]) -> Known<'_> {
    let mut known = Known::new();
    for (index, binding) in bindings.iter().enumerate() {
        for compatible in &binding.compatible {
            known.entry(&compatible.value).or_insert(index);
        }
    }
    known
}

/// The binding of the node's most specific known string.
fn find<'t>(known: &Known<'_>, node: Node<'t>) -> Option<Match<'t>> {
    let enabled = node.enabled().then_some(node)?;
    enabled.compatible().find_map(|compatible| Some((node, *known.get(compatible)?, compatible)))
}

/// How many facts a device brings.
fn facts(device: &Device) -> usize {
    1 + device.windows.len() + device.interrupts.len() + device.clocks.len() + usize::from(device.conduit.is_some())
}

/// The rest of the tree is left out: a check of a part would pass for one of the whole.
fn too_many(inputs: Inputs<'_>, node: Node<'_>) -> Finding {
    let place = inputs.blob.place(node, "");
    let message = format!("the devices of this tree bring more than {MOST_FACTS} facts");
    Finding::error(code::TOO_MANY_FACTS, message, place, "too many with this one")
        .note("of 344 real trees, the one with the most brings 152")
        .help("look at it with `cargo board tree`: it is damaged, or was made to do harm")
}

fn device(inputs: Inputs<'_>, (node, index, compatible): Match<'_>, name: String, findings: &mut Findings) -> Device {
    let binding = &inputs.bindings[index];
    let mut left_out = Vec::new();
    Device {
        name,
        path: node.path().to_string(),
        node: node.index(),
        binding: index,
        binding_name: binding.name.value.clone(),
        compatible: compatible.to_owned(),
        class: binding.class,
        stage: binding.stage,
        driver: binding.driver.as_ref().map(|driver| driver.value),
        by_preset: None,
        undriven: None,
        present: 0,
        windows: values::windows(inputs, node, binding, &mut left_out, findings),
        interrupts: values::interrupts(inputs, node, binding, &mut left_out, findings),
        clocks: values::clocks(inputs, node, &mut left_out, findings),
        conduit: values::conduit(inputs, node, findings),
        left_out,
        needs: Vec::new(),
    }
}

/// Which of `nodes` have to start before `node`: its interrupt controllers and its clocks.
fn needs(node: Node<'_>, nodes: &[Node<'_>]) -> Vec<usize> {
    let controllers = node.interrupts().take(values::MOST).filter_map(|spec| spec.ok().map(|spec| spec.controller));
    let clocks = node.clocks().take(values::MOST).filter_map(|clock| clock.ok().map(|clock| clock.provider));
    let needed = controllers.chain(clocks).filter(|needed| needed.index() != node.index());
    let mut needs: Vec<usize> =
        needed.filter_map(|needed| nodes.binary_search_by_key(&needed.index(), |node| node.index()).ok()).collect();
    needs.sort_unstable();
    needs.dedup();
    needs
}
