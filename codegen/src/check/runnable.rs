//! Something drives the parts without which no kernel runs.
//!
//! A warning: a board whose drivers don't exist yet is still worth checking and reporting.

use hardware::board::Class;

use crate::findings::{Finding, Findings, Place, code};
use crate::model::board::{Board, Inputs};

const NEEDED: [(Class, &str); 3] =
    [(Class::InterruptController, "interrupt controller"), (Class::Timer, "timer"), (Class::Console, "console")];

pub(super) fn check(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    for (class, noun) in NEEDED {
        let mut of_class = board.devices.iter().filter(|device| device.class == class).peekable();
        let Some(&first) = of_class.peek() else {
            let place = Place::file(board.tree.clone());
            let message = format!("no binding knows a {noun} of `{}`", board.name);
            findings.push(Finding::warning(code::NO_DRIVER, message, place, "an image can't run there"));
            continue;
        };
        if of_class.all(|device| device.driver.is_none()) {
            let place = match inputs.tree.node(first.node) {
                Some(node) => inputs.blob.place(node, "compatible"),
                None => Place::file(board.tree.clone()),
            };
            let message = format!("no driver for the {noun} of `{}`", board.name);
            let label = format!("the binding `{}` names none", first.binding_name);
            let finding = Finding::warning(code::NO_DRIVER, message, place, label);
            findings.push(finding.help("its facts are checked and reported, but an image can't run there"));
        }
    }
}
