//! Something drives the parts without which no kernel runs.
//!
//! A warning: a board whose drivers don't exist yet is still worth checking and reporting.

use hardware::board::Class;

use crate::findings::{Finding, Findings, Place, code};
use crate::model::board::{Board, Inputs};

/// Class, what people call it, and what an image is like without.
const NEEDED: [(Class, &str, &str); 3] = [
    (Class::InterruptController, "interrupt controller", "an image polls its console there, and nothing ticks"),
    (Class::Timer, "timer", "nothing ticks there"),
    (Class::Console, "console", "an image is silent there"),
];

pub(super) fn check(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    for (class, noun, without) in NEEDED {
        let of_class = || board.devices.iter().enumerate().filter(|(_, device)| device.class == class);
        // Of several, the one that most others need: a machine may have a second controller that nothing uses.
        let users = |index: usize| board.devices.iter().filter(|device| device.needs.contains(&index)).count();
        let Some((_, main)) = of_class().rev().max_by_key(|&(index, _)| users(index)) else {
            let place = Place::file(board.tree.clone());
            let message = format!("no binding knows a {noun} of `{}`", board.name);
            findings.push(Finding::warning(code::NO_DRIVER, message, place, without));
            continue;
        };
        // A node that isn't fit for its driver has a finding of its own.
        if of_class().all(|(_, device)| inputs.bindings[device.binding].driver.is_none()) {
            let place = match inputs.tree.node(main.node) {
                Some(node) => inputs.blob.place(node, "compatible"),
                None => Place::file(board.tree.clone()),
            };
            let message = format!("no driver for the {noun} of `{}`", board.name);
            let label = format!("the binding `{}` names none", main.binding_name);
            let finding = Finding::warning(code::NO_DRIVER, message, place, label);
            findings.push(finding.help(format!("its facts are checked and reported, but {without}")));
        }
    }
}
