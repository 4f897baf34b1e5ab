//! A node brings what its binding needs: windows, interrupts, a clock.

use crate::findings::{Finding, Findings, Place, code};
use crate::model::board::{Board, Device, Inputs, NOT_DRIVEN};
use crate::model::device::{Binding, Clock};

pub(super) fn check(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    for device in &board.devices {
        let Some(node) = inputs.tree.node(device.node) else { continue };
        let binding = &inputs.bindings[device.binding];
        // What is there without a meaning has its own finding.
        let windows = node.regs().take(binding.windows.len()).count();
        let interrupts = node.interrupts().take(binding.interrupts.value.into()).count();
        let place = |property| inputs.blob.place(node, property);
        if windows < binding.windows.len() {
            let needs = binding.windows[windows].size.place.clone();
            let needed = count(binding.windows.len(), "window");
            findings.push(unmet(device, &needed, place("reg"), has(windows, "reg"), needs, binding));
        }
        if interrupts < usize::from(binding.interrupts.value) {
            let needed = count(binding.interrupts.value.into(), "interrupt");
            let label = has(interrupts, "interrupts");
            let needs = binding.interrupts.place.clone();
            findings.push(unmet(device, &needed, place("interrupts"), label, needs, binding));
        }
        if binding.clock == Clock::Required && device.clocks.is_empty() {
            let needs = binding.name.place.clone();
            let label = "no rate can be worked out".to_owned();
            findings.push(unmet(device, "a clock", place("clocks"), label, needs, binding));
        }
    }
}

fn unmet(device: &Device, needed: &str, place: Place, label: String, needs: Place, binding: &Binding) -> Finding {
    let message = format!("`{}` needs {needed}, which `{}` doesn't bring", binding.name.value, device.path);
    Finding::warning(code::NEED_UNMET, message, place, label)
        .with(needs, "needed here")
        .note(NOT_DRIVEN)
        .help(format!("the node is incomplete, or `{}` asks for too much", binding.source.path))
}

fn has(number: usize, property: &str) -> String {
    match number {
        0 => format!("has no `{property}`"),
        1 => format!("`{property}` has 1 entry"),
        number => format!("`{property}` has {number} entries"),
    }
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
