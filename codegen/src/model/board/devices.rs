//! Devices: the enabled nodes that a binding knows, with what they bring.

use std::collections::HashMap;

use hardware::tree::{Node, Tree};

use super::{Device, Inputs, names, values};
use crate::findings::Findings;
use crate::model::device::Binding;

/// A node, the index of its binding, and the string by which it was found.
type Match<'t> = (Node<'t>, usize, &'t str);

/// All devices in blob order, their facts not yet numbered.
pub(super) fn resolve(inputs: Inputs<'_>, findings: &mut Findings) -> Vec<Device> {
    let matches: Vec<Match<'_>> = inputs.tree.nodes().filter_map(|node| find(inputs.bindings, node)).collect();
    let nodes: Vec<Node<'_>> = matches.iter().map(|&(node, ..)| node).collect();
    let names = names::names(inputs.tree, &nodes);
    let mut devices: Vec<Device> =
        matches.iter().zip(names).map(|(&found, name)| device(inputs, found, name, findings)).collect();
    let known: HashMap<usize, usize> = nodes.iter().enumerate().map(|(index, node)| (node.index(), index)).collect();
    for (device, &node) in devices.iter_mut().zip(&nodes) {
        device.needs = needs(node, &known);
    }
    devices
}

/// The paths of the devices that `tree` has.
pub(super) fn paths(bindings: &[Binding], tree: &Tree<'_>) -> Vec<String> {
    tree.nodes().filter_map(|node| find(bindings, node)).map(|(node, ..)| node.path().to_string()).collect()
}

/// The binding of the node's most specific known string.
fn find<'t>(bindings: &[Binding], node: Node<'t>) -> Option<Match<'t>> {
    let knows = |compatible: &str| {
        bindings.iter().position(|binding| binding.compatible.iter().any(|known| known.value == compatible))
    };
    let (compatible, binding) =
        node.compatible().find_map(|compatible| knows(compatible).map(|binding| (compatible, binding)))?;
    node.enabled().then_some((node, binding, compatible))
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
        present: 0,
        windows: values::windows(inputs, node, binding, &mut left_out, findings),
        interrupts: values::interrupts(inputs, node, binding, &mut left_out, findings),
        clocks: values::clocks(inputs, node, &mut left_out, findings),
        conduit: values::conduit(inputs, node, findings),
        left_out,
        needs: Vec::new(),
    }
}

/// Which devices have to start before `node`: its interrupt controllers and its clocks. `known` has the devices by the
/// numbers of their nodes.
fn needs(node: Node<'_>, known: &HashMap<usize, usize>) -> Vec<usize> {
    let controllers = node.interrupts().filter_map(|spec| spec.ok().map(|spec| spec.controller));
    let clocks = node.clocks().filter_map(|clock| clock.ok().map(|clock| clock.provider));
    let needed = controllers.chain(clocks).filter(|needed| needed.index() != node.index());
    let mut needs: Vec<usize> = needed.filter_map(|needed| known.get(&needed.index()).copied()).collect();
    needs.sort_unstable();
    needs.dedup();
    needs
}
