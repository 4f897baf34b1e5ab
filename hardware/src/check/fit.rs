//! How well a table fits the machine, where several tables have its root `compatible`.
//!
//! QEMU's `virt` is one machine by name and two by interrupt controller. The devices themselves are the evidence: the
//! table that knows the most of what is there, and misses the least, is the machine's. codegen refuses an image in which
//! two such tables list the same devices.

use crate::board::Board;

use super::{Live, LiveNode};

/// The board of `boards` that fits best; of equals the first.
pub(super) fn best<'l>(
    boards: impl Iterator<Item = &'static Board> + Clone,
    live: impl Live<'l>,
) -> Option<&'static Board> {
    let mut rest = boards.clone();
    let first = rest.next()?;
    if rest.next().is_none() {
        return Some(first);
    }
    let better = |best: (&'static Board, i32), board| {
        let score = score(board, live);
        if score > best.1 { (board, score) } else { best }
    };
    Some(boards.skip(1).fold((first, score(first, live)), better).0)
}

/// Devices that are where the table says, less those that aren't.
fn score<'l>(board: &Board, live: impl Live<'l>) -> i32 {
    let mut near = None;
    board.devices.iter().fold(0_i32, |score, device| {
        let node = live.find(device.path, near);
        near = node.or(near);
        match node.is_some_and(|node| node.is_compatible(device.compatible)) {
            true => score.saturating_add(1),
            false => score.saturating_sub(1),
        }
    })
}
