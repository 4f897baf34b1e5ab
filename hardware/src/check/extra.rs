//! Live devices that no table claims: listed, never started.

use crate::board::{Board, Value};

use super::{Live, LiveNode, Row, Verdict};

/// Words of the set; 4,096 nodes are three times the largest tree that we know.
const WORDS: usize = 64;

/// The live nodes that some row is about.
pub(super) struct Claimed([u64; WORDS]);

impl Claimed {
    pub(super) fn new() -> Self {
        Self([0; WORDS])
    }

    pub(super) fn note(&mut self, index: u32) {
        if let Some(word) = self.0.get_mut(index as usize / 64) {
            *word |= 1 << (index % 64);
        }
    }

    /// Whether a row is about node `index`; nodes beyond the set are looked up in the rows themselves.
    fn has(&self, index: u32, rows: &[Row<'_>]) -> bool {
        match self.0.get(index as usize / 64) {
            Some(word) => word >> (index % 64) & 1 == 1,
            None => rows.iter().any(|row| row.node == Some(index)),
        }
    }
}

/// Appends a row for each enabled live device or CPU that no row is about. Returns how many rows were written and how
/// many didn't fit.
pub(super) fn list<'l, L: Live<'l>>(
    board: &'static Board,
    live: L,
    claimed: &Claimed,
    done: &[Row<'l>],
    free: &mut [Row<'l>],
) -> (usize, usize) {
    let (mut written, mut dropped) = (0, 0);
    for node in live.nodes().filter(|node| !claimed.has(node.index(), done)) {
        let Some(value) = known(board, node).filter(|_| node.enabled()) else { continue };
        let row = Row {
            verdict: Verdict::Extra,
            live: Some(value),
            node: Some(node.index()),
            found_as: Some(node.name()),
            ..Row::EMPTY
        };
        match free.get_mut(written) {
            Some(slot) => {
                *slot = row;
                written += 1;
            }
            None => dropped += 1,
        }
    }
    (written, dropped)
}

/// What makes a node worth listing: a binding knows it, or it is a CPU.
fn known<'l>(board: &'static Board, node: impl LiveNode<'l>) -> Option<Value<'l>> {
    let compatible = node.compatible().find(|string| board.binding(string).is_some());
    compatible.map(Value::Compatible).or_else(|| node.mpidr().ok().flatten().map(Value::Mpidr))
}
