//! Memory that the blob's header reserves, `/memreserve/`: no node says it, and a kernel must not touch it.

use std::collections::BTreeSet;

use hardware::board::Window;
use hardware::tree::Tree;

use super::{Change, Kind};

/// The reservations that only one of the trees has. Their order means nothing.
pub(super) fn differences(first: &Tree<'_>, second: &Tree<'_>) -> Vec<Change> {
    let (first, second) = (reserved(first), reserved(second));
    let change = |from: Option<String>, to: Option<String>| {
        let name = "/memreserve/".to_owned();
        Change { kind: Kind::Reservation, node: name.clone(), name, item: None, from, to }
    };
    let shown = |&(base, size): &(u64, u64)| Some(Window::new(base, size).to_string());
    let gone = first.difference(&second).map(|only| change(shown(only), None));
    let new = second.difference(&first).map(|only| change(None, shown(only)));
    gone.chain(new).collect()
}

fn reserved(tree: &Tree<'_>) -> BTreeSet<(u64, u64)> {
    tree.memory_reservations().map(|region| (region.base, region.size)).collect()
}
