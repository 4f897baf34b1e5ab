//! What board files decide: everything of a table that isn't in the tree.

use std::collections::BTreeMap;

use hardware::board::{Baud, Board, WithoutTree};

use super::{Change, Kind};

/// The decisions that differ, facts in the ledger's order.
pub(super) fn differences(first: &Board, second: &Board) -> Vec<Change> {
    let (from, to) = (decisions(first), decisions(second));
    let mut keys: Vec<&String> = from.iter().map(|(key, _)| key).collect();
    keys.extend(to.iter().map(|(key, _)| key).filter(|key| !from.iter().any(|(known, _)| known == *key)));
    let (from, to): (BTreeMap<_, _>, BTreeMap<_, _>) = (from.iter().cloned().collect(), to.iter().cloned().collect());
    let change = |key: &String| {
        let (from, to) = (from.get(key).cloned(), to.get(key).cloned());
        let change = Change { kind: Kind::Setting, node: key.clone(), name: key.clone(), item: None, from, to };
        (change.from != change.to).then_some(change)
    };
    keys.into_iter().filter_map(change).collect()
}

fn decisions(board: &Board) -> Vec<(String, String)> {
    let consoles = board.console.iter().filter_map(|index| board.devices.get(usize::from(*index)));
    let consoles: Vec<&str> = consoles.map(|device| device.name).collect();
    let mut all = vec![
        ("compatible".to_owned(), board.compatible.join(", ")),
        ("console".to_owned(), consoles.join(", ")),
        (
            "console.baud".to_owned(),
            match board.baud {
                Baud::Keep => "keep".to_owned(),
                Baud::Set(rate) => rate.to_string(),
            },
        ),
        ("memory.least".to_owned(), format!("{:#x}", board.memory.least)),
        ("preset".to_owned(), board.preset.name.to_owned()),
    ];
    if let WithoutTree::Continue { memory } = board.without_tree {
        all.push(("without-tree.memory".to_owned(), memory.to_string()));
    }
    // Default policies follow from the devices, which the trees tell.
    for fact in board.facts {
        if let Some(why) = fact.why {
            all.push((format!("verify.\"{}\"", fact.name), format!("{}: {}", fact.policy, why.text)));
        }
    }
    all
}
