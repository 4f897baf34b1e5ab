//! What QEMU's `raspi4b` makes of a tree before the kernel sees it: it takes out the devices that it lacks.

use std::collections::BTreeMap;

use hardware::board::{Board, Device, Fact};
use hardware::check::Verdict;

use super::{Expected, Mutation, Reference};
use crate::{Failure, LiveTree};

/// By `compatible` (QEMU 10.0, hw/arm/raspi4b.c, `raspi4_modify_dtb`).
const LACKED: [&str; 4] = ["brcm,bcm2711-pcie", "brcm,bcm2711-rng200", "brcm,bcm2711-thermal", "brcm,bcm2711-genet-v5"];

/// Whether this machine, and not `virt`, shows the board.
pub(super) fn shows(board: &Board) -> bool {
    board.compatible.contains(&"raspberrypi,4-model-b")
}

/// The tree as the kernel gets it, but for the RAM, about which there is no fact.
pub(super) fn seen(tree: &LiveTree) -> Result<LiveTree, Failure> {
    let mut seen = tree.clone();
    for path in taken_out(tree) {
        seen.remove_node(&path)?;
    }
    Ok(seen)
}

/// The rows that differ where `expected` did, or would have.
pub(super) fn expected(
    board: &'static Board,
    tree: &LiveTree,
    expected: BTreeMap<String, Expected>,
) -> BTreeMap<String, Expected> {
    let missing =
        facts(board, tree).map(|fact| (fact.name.to_owned(), Expected { verdict: Verdict::Missing, live: None }));
    expected.into_iter().chain(missing).collect()
}

/// Whether what the mutation proves is there to be seen.
pub(super) fn proves(reference: &Reference, mutation: &Mutation) -> bool {
    let lost = |fact: &Fact| facts(reference.board, &mutation.tree).any(|other| other.name == fact.name);
    mutation.proves.is_none_or(|fact| !lost(fact))
}

/// The facts about devices that the machine takes out of `tree`.
pub(super) fn facts(board: &'static Board, tree: &LiveTree) -> impl Iterator<Item = &'static Fact> {
    let gone: Vec<String> = taken_out(tree).collect();
    let is_gone = move |device: &Device| gone.iter().any(|path| path == device.path);
    board.facts.iter().filter(move |fact| {
        let device = fact.device.and_then(|index| board.devices.get(usize::from(index)));
        device.is_some_and(&is_gone)
    })
}

/// The paths of nodes whose first `compatible` the machine lacks.
fn taken_out(tree: &LiveTree) -> impl Iterator<Item = String> {
    let lacked = |value: &[u8]| LACKED.iter().any(|lacked| value.starts_with(format!("{lacked}\0").as_bytes()));
    tree.contents().into_iter().filter_map(move |(name, value)| {
        let path = name.strip_suffix(" compatible")?;
        lacked(&value).then(|| path.to_owned())
    })
}
