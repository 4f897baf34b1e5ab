//! What a node's properties mean: windows, interrupt lines, clock rates, affinities.
//!
//! A property without a meaning is a finding where the binding needs it. Where it doesn't, the value is left out of the
//! tables, and the tables say so.

use hardware::board::{Conduit, Hertz, Interrupt, Window};
use hardware::tree::{Node, TreeError};

use super::{Cpu, Inputs, Located};
use crate::findings::{Finding, Findings, code};
use crate::model::device::Binding;

/// The most values of a kind that a device has: one more than facts can number, so that the one too many is found.
pub(super) const MOST: usize = 257;

/// Register windows in `reg` order.
pub(super) fn windows(
    inputs: Inputs<'_>,
    node: Node<'_>,
    binding: &Binding,
    left_out: &mut Vec<String>,
    findings: &mut Findings,
) -> Vec<Located<Window>> {
    let mut windows = Vec::new();
    for (index, reg) in node.regs().enumerate().take(MOST) {
        let bus = reg.as_ref().map(|reg| reg.bus).unwrap_or_default();
        match node.cpu_window(index) {
            Ok(window) => {
                let named = binding.windows.get(index).and_then(|window| window.name.as_ref());
                let name = named.map_or(String::new(), |name| format!(", the {}", name.value));
                let how = match u128::from(window.base) == bus {
                    true => format!("reg[{index}]{name}"),
                    false => format!("reg[{index}]{name}: {bus:#x} on its bus, through the ranges above"),
                };
                windows.push(located(inputs, node, window, index, "reg", how));
            }
            Err(error) if index < binding.windows.len() => {
                findings.push(meaningless(inputs, node, error, "reg", format!("window {index}")));
            }
            Err(error) => left_out.push(format!("reg[{index}]: {error}")),
        }
    }
    windows
}

/// Lines of the GIC, in specifier order.
pub(super) fn interrupts(
    inputs: Inputs<'_>,
    node: Node<'_>,
    binding: &Binding,
    left_out: &mut Vec<String>,
    findings: &mut Findings,
) -> Vec<Located<Interrupt>> {
    let property = match node.property("interrupts-extended") {
        Some(_) => "interrupts-extended",
        None => "interrupts",
    };
    let mut lines = Vec::new();
    for (index, spec) in node.interrupts().enumerate().take(MOST) {
        match spec {
            Ok(spec) => {
                let cells: Vec<String> = spec.specifier.cells().map(|cell| cell.to_string()).collect();
                let how = format!("{property}[{index}]: <{}> at {}", cells.join(" "), spec.controller.path());
                match spec.gic {
                    Some(line) => lines.push(located(inputs, node, line, index, property, how)),
                    None => left_out.push(format!("{how}: not a line of a GIC")),
                }
            }
            Err(error) if index < usize::from(binding.interrupts.value) => {
                findings.push(meaningless(inputs, node, error, property, format!("interrupt {index}")));
            }
            Err(error) => left_out.push(format!("{property}[{index}]: {error}")),
        }
    }
    lines
}

/// Clock rates: `clocks` in order, else the node's own `clock-frequency`.
pub(super) fn clocks(
    inputs: Inputs<'_>,
    node: Node<'_>,
    left_out: &mut Vec<String>,
    findings: &mut Findings,
) -> Vec<Located<Hertz>> {
    let mut rates = Vec::new();
    for (index, clock) in node.clocks().enumerate().take(MOST) {
        match clock {
            Ok(clock) => {
                let how = format!("clocks[{index}]: the rate of {}", clock.provider.path());
                match clock.rate {
                    Some(rate) => rates.push(located(inputs, node, rate, index, "clocks", how)),
                    None => left_out.push(format!("{how}: the tree doesn't say its rate")),
                }
            }
            Err(error) => findings.push(meaningless(inputs, node, error, "clocks", format!("clock {index}"))),
        }
    }
    if node.property("clocks").is_none() {
        match node.clock_frequency() {
            Some(Ok(rate)) => {
                rates.push(located(inputs, node, rate, 0, "clock-frequency", "clock-frequency".to_owned()));
            }
            Some(Err(error)) => {
                findings.push(meaningless(inputs, node, error, "clock-frequency", "the clock rate".to_owned()));
            }
            None => {}
        }
    }
    rates
}

/// PSCI's conduit, where `node` is PSCI's.
pub(super) fn conduit(inputs: Inputs<'_>, node: Node<'_>, findings: &mut Findings) -> Option<Located<Conduit>> {
    // Looking for PSCI goes through the whole tree, and no other node is PSCI's.
    node.property("method")?;
    match inputs.tree.psci() {
        Ok(Some(psci)) if psci.node.index() == node.index() => {
            Some(located(inputs, node, psci.conduit, 0, "method", "method".to_owned()))
        }
        Err(error) => {
            findings.push(meaningless(inputs, node, error, "method", "the conduit".to_owned()));
            None
        }
        _ => None,
    }
}

/// The CPUs in blob order.
pub(super) fn cpus(inputs: Inputs<'_>, findings: &mut Findings) -> Vec<Cpu> {
    let mut cpus = Vec::new();
    let nodes = inputs.tree.find("/cpus").into_iter().flat_map(Node::children);
    for node in nodes.filter(|node| node.is_cpu()).take(MOST) {
        // A CPU that nobody knows how to start is still one: the check finds it in the live tree.
        if let Err(error) = node.enable_method() {
            let what = "how the CPU is started".to_owned();
            findings.push(meaningless(inputs, node, error, "enable-method", what));
        }
        match node.mpidr() {
            Ok(mpidr) => cpus.push(Cpu {
                path: node.path().to_string(),
                mpidr: located(inputs, node, mpidr, 0, "reg", "reg".to_owned()),
            }),
            Err(error) => findings.push(meaningless(inputs, node, error, "reg", "the affinity".to_owned())),
        }
    }
    cpus
}

fn located<T>(
    inputs: Inputs<'_>,
    node: Node<'_>,
    value: T,
    index: usize,
    property: &'static str,
    how: String,
) -> Located<T> {
    // Entries past 255 would need a specifier or a `reg` of kilobytes; they would share the last number.
    let index = u8::try_from(index).unwrap_or(u8::MAX);
    Located { value, index, property, how, place: inputs.blob.place(node, property), fact: 0 }
}

/// The tree has the property, but it has no meaning.
fn meaningless(inputs: Inputs<'_>, node: Node<'_>, error: TreeError, property: &str, what: String) -> Finding {
    let culprit = inputs.blob.place_of(inputs.tree, error, node, property);
    let path = node.path();
    if let TreeError::Phandle { phandle, .. } = error {
        let message = format!("{what} of `{path}` refers to a node that isn't there");
        let label = format!("no node has the phandle {phandle:#x}");
        return Finding::warning(code::UNRESOLVED_PHANDLE, message, culprit, label)
            .help("the tree lacks a node, or an overlay that brings it");
    }
    let place = inputs.blob.place(node, property);
    let message = format!("{what} of `{path}` can't be worked out");
    let finding = Finding::warning(code::MEANINGLESS_PROPERTY, message, place.clone(), "has no meaning here");
    let finding = if culprit == place { finding } else { finding.with(culprit, "because of this") };
    finding.note(error.to_string())
}
