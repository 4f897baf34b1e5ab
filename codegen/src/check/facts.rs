//! A fact has a place of its own in the live tree: the check looks for it by its node's path and by its number there.

use std::collections::HashMap;

use hardware::board::Item;

use crate::findings::{Finding, Findings, Place, code};
use crate::model::board::{Board, Fact, Inputs};

pub(super) fn check(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    let path = |fact: &Fact| fact.device.map_or("", |index| board.devices[index].path.as_str());
    let mut known: HashMap<(&str, Item), &Fact> = HashMap::new();
    // A node that stands twice would repeat every one of its facts.
    let mut told = None;
    for fact in &board.facts {
        let Some(first) = known.insert((path(fact), fact.item), fact) else { continue };
        if told == Some(path(fact)) {
            continue;
        }
        told = Some(path(fact));
        let place = |fact: &Fact| place(inputs, board, fact);
        let message = format!("the live tree has one place for `{}` and `{}`", first.name, fact.name);
        findings.push(
            Finding::error(code::FACT_TWICE, message, place(fact), "the second one")
                .with(place(first), "the first one")
                .help("a node stands twice in the tree, or there are more than 256 of one kind"),
        );
    }
}

fn place(inputs: Inputs<'_>, board: &Board, fact: &Fact) -> Place {
    let node = fact.device.and_then(|index| inputs.tree.node(board.devices.get(index)?.node));
    match node {
        Some(node) => inputs.blob.place(node, fact.property),
        None => Place::file(board.tree.clone()),
    }
}
