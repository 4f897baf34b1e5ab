//! Interrupt lines that more than one enabled device uses.

use std::collections::BTreeMap;

use hardware::tree::Tree;

use super::{Change, Kind};

/// The lines whose users differ, where either tree has several.
pub(super) fn differences(first: &Tree<'_>, second: &Tree<'_>) -> Vec<Change> {
    let (first, second) = (lines(first), lines(second));
    let mut names: Vec<&String> = first.keys().chain(second.keys()).collect();
    names.sort();
    names.dedup();
    let change = |line: &String| {
        let users = |lines: &BTreeMap<String, Vec<String>>| lines.get(line).cloned().unwrap_or_default();
        let (from, to) = (users(&first), users(&second));
        // Where only the names changed, the nodes' own changes tell it.
        let differs = from.len() != to.len() && from.len().max(to.len()) > 1;
        differs.then(|| Change {
            kind: Kind::Sharing,
            node: line.clone(),
            name: line.clone(),
            item: None,
            from: list(&from),
            to: list(&to),
        })
    };
    names.into_iter().filter_map(change).collect()
}

fn list(users: &[String]) -> Option<String> {
    (!users.is_empty()).then(|| users.join(", "))
}

/// The enabled devices on each line of the GIC.
fn lines(tree: &Tree<'_>) -> BTreeMap<String, Vec<String>> {
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for node in tree.nodes().filter(|node| node.enabled()) {
        for line in node.interrupts().filter_map(|spec| spec.ok()?.gic) {
            let users = lines.entry(line.to_string()).or_default();
            let path = node.path().to_string();
            if users.last() != Some(&path) {
                users.push(path);
            }
        }
    }
    lines
}
