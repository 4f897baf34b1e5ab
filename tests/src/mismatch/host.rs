//! Holds `hardware::check`, run on the host, to what mutations expect.

use std::collections::BTreeMap;

use hardware::board::Board;
use hardware::check::{self, Ledger, Row};

use super::reference::open;
use super::{Expected, Mutation, Reference};
use crate::failure::Cause;
use crate::{Failure, LiveTree};

/// The ledger of the board over a live tree.
pub fn ledger(reference: &Reference, live: &LiveTree) -> Result<Ledger<'static>, Failure> {
    ledger_of(reference.board, live)
}

/// The ledger of any board over a live tree.
pub(super) fn ledger_of(board: &'static Board, live: &LiveTree) -> Result<Ledger<'static>, Failure> {
    let rows = vec![Row::EMPTY; check::rows_for(&[board])].leak();
    check::check(board, open(live.to_blob())?, rows).map_err(|error| wrong(error.to_string()))
}

/// Which of the boards' variants the live tree is of.
pub fn kind(boards: &'static [&'static Board], live: &LiveTree) -> Result<Option<&'static str>, Failure> {
    let chosen = check::select(boards, open(live.to_blob())?);
    chosen.map(|board| board.variant).map_err(|refused| wrong(refused.to_string()))
}

/// Fails unless exactly the expected rows differ, each as expected, and the boot stops exactly where it must.
pub fn verify(reference: &Reference, mutation: &Mutation) -> Result<(), Failure> {
    let ledger = ledger(reference, &mutation.tree)?;
    let differing = ledger.differences().map(|row| {
        let live = row.live.map(|_| row.live_text().to_string());
        (row.name().to_owned(), Expected { verdict: row.verdict, live })
    });
    let differing: BTreeMap<String, Expected> = differing.collect();
    let names = differing.keys().chain(mutation.expected.keys());
    for name in names {
        let (said, expected) = (differing.get(name), mutation.expected.get(name));
        if said != expected {
            return Err(wrong(format!("{}: {name} should be {expected:?}, not {said:?}", mutation.name)));
        }
    }
    if ledger.stop().is_some() != mutation.stops(reference) {
        return Err(wrong(format!("{}: {}", mutation.name, ledger.summary())));
    }
    Ok(())
}

fn wrong(what: String) -> Failure {
    Cause::Tool { program: "hardware::check".to_owned(), what }.into()
}
