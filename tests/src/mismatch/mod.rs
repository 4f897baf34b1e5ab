//! Mismatch coverage: for each fact of a board a live tree in which it is wrong, and the verdict that must follow.
//!
//! A [`Mutation`] is the board's reference tree after one edit, with the rows that must differ then. What they must say
//! is worked out from the edit, not from the check. [`host`] holds `hardware::check` to it, [`guest`] a booted kernel.

mod device;
mod fact;
pub mod guest;
pub mod host;
mod kind;
mod raspi4b;
mod reference;

use std::collections::BTreeMap;

use hardware::board::{Board, Fact, Policy};
use hardware::check::Verdict;

use crate::{Failure, LiveTree};

pub use reference::Reference;

/// One edit of a board's reference tree.
#[derive(Debug, Clone)]
pub struct Mutation {
    /// What is wrong: `gic.window[0] drifts`.
    pub name: String,
    /// The edited tree.
    pub tree: LiveTree,
    /// Every row that differs, by its name.
    pub expected: BTreeMap<String, Expected>,
    /// The fact whose detector this is.
    pub proves: Option<&'static Fact>,
}

/// What a row must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The verdict.
    pub verdict: Verdict,
    /// The live value as it is printed; `None` where there is none.
    pub live: Option<String>,
}

/// One mutation per fact: the value is there, but another one.
pub fn of_facts(reference: &Reference) -> Result<Vec<Mutation>, Failure> {
    reference.board.facts.iter().map(|fact| fact::drifts(reference, fact)).collect()
}

/// Devices and CPUs that are gone, switched off or too many.
pub fn of_devices(reference: &Reference) -> Result<Vec<Mutation>, Failure> {
    let devices = reference.board.devices.iter();
    let mut all = Vec::new();
    for device in devices {
        all.push(device::missing(reference, device)?);
        all.push(device::disabled(reference, device)?);
    }
    for cpu in reference.board.cpus {
        all.push(device::cpu_missing(reference, cpu)?);
        all.push(device::cpu_disabled(reference, cpu)?);
    }
    all.extend(device::cpu_extra(reference)?);
    all.extend(device::second_console(reference)?);
    Ok(all)
}

/// The reference tree of a machine that no table fits.
pub fn of_another_machine(reference: &Reference) -> Result<LiveTree, Failure> {
    let mut tree = reference.tree.clone();
    tree.set("/", "compatible", "keel,another-machine")?;
    Ok(tree)
}

impl Mutation {
    fn new(name: String, tree: LiveTree) -> Self {
        Self { name, tree, expected: BTreeMap::new(), proves: None }
    }

    fn expect(&mut self, row: &str, verdict: Verdict, live: Option<String>) {
        self.expected.insert(row.to_owned(), Expected { verdict, live });
    }

    /// Whether the nth window of the node at `path` has a CPU address after the edit.
    fn resolves(&self, path: &str, n: usize) -> Result<bool, Failure> {
        let node = reference::open(self.tree.to_blob())?.find(path);
        Ok(node.is_some_and(|node| node.cpu_window(n).is_ok()))
    }

    /// Whether some row that differs must stop the boot.
    pub fn stops(&self, reference: &Reference) -> bool {
        stops(reference.board, &self.expected)
    }
}

/// Whether some of the rows that differ from `board`'s table must stop the boot.
fn stops(board: &Board, expected: &BTreeMap<String, Expected>) -> bool {
    let policy = |name: &String| board.facts.iter().find(|fact| fact.name == name).map(|fact| fact.policy);
    expected.keys().filter_map(policy).any(|policy| policy == Policy::Fatal)
}
