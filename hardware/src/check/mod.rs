//! The check: a board's tables held against a live description of the machine.
//!
//! [`select()`] finds the table for the machine; [`check`] fills a ledger, one [`Row`] per fact plus one per live device
//! that no table claims; [`Ledger::accept`] turns a [`crate::board::Claim`] into a [`Checked`] value by the row's
//! verdict and policy. The machine is seen through [`Live`], which `&`[`crate::tree::Tree`] implements.
//!
//! | verdict | fatal | warn | live-wins | static-wins |
//! |---|---|---|---|---|
//! | match | claimed | claimed | claimed | claimed |
//! | drift | stop | not started | live | claimed |
//! | missing, disabled, unresolvable | stop | not started | not started | claimed |
//!
//! An extra device is listed and nothing else. Where the board file fixes what firmware gets wrong, the live tree matches
//! if it says what the fix says, and also if it says what firmware has always said: the claim is used then.

mod accept;
mod compare;
mod extra;
mod fit;
mod flattened;
mod ledger;
mod live;
mod patch;
mod report;
mod row;
mod select;
#[cfg(test)]
mod tests;

pub use accept::{Checkable, Checked, NotAccepted, Source};
pub use ledger::{Counts, Ledger};
pub use live::{Live, LiveNode, Unresolved};
pub use patch::patch;
pub use row::{Effect, Row, Verdict};
pub use select::{Refused, holds, select};

use crate::board::Board;

/// Rows that [`rows_for`] leaves for extra devices.
const EXTRA_ROWS: usize = 32;

/// The row buffer is shorter than the board's list of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{have} rows for {needed} facts")]
pub struct TooFewRows {
    /// Facts of the board.
    pub needed: usize,
    /// Rows of the buffer.
    pub have: usize,
}

/// How long a row buffer must be for any of `boards` in any variant, with room for extra devices.
pub const fn rows_for(boards: &[&Board]) -> usize {
    let (mut most, mut board) = (0, 0);
    while board < boards.len() {
        let (facts, variants) = (boards[board].facts.len(), boards[board].variants);
        most = larger(most, facts);
        let mut variant = 0;
        while variant < variants.len() {
            most = larger(most, variants[variant].board.facts.len());
            variant += 1;
        }
        board += 1;
    }
    most + EXTRA_ROWS
}

const fn larger(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}

/// Holds every fact of `board` against `live`.
///
/// `rows` takes one row per fact and then the extra devices; extras that don't fit are only counted.
pub fn check<'l>(
    board: &'static Board,
    live: impl Live<'l>,
    rows: &'l mut [Row<'l>],
) -> Result<Ledger<'l>, TooFewRows> {
    let needed = board.facts.len();
    let have = rows.len();
    let (facts, free) = rows.split_at_mut_checked(needed).ok_or(TooFewRows { needed, have })?;
    let mut comparison = compare::Comparison::new(board, live);
    for (row, fact) in facts.iter_mut().zip(board.facts) {
        comparison.fill(fact, row);
    }
    let (written, dropped) = extra::list(board, live, comparison.claimed(), facts, free);
    let used = rows.get(..needed + written).unwrap_or(&[]);
    Ok(Ledger::checked(board, used, dropped))
}
