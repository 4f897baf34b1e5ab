//! The check over machines in memory: verdicts, what is accepted, what is printed.

mod accept;
mod board;
mod fake;
mod flattened;
mod report;
mod variant;
mod verdict;

use std::vec::Vec;

use super::{Ledger, Row, Verdict, check, rows_for};
use board::BOARD;
use fake::Machine;

/// Checks `machine` after `change`; the ledger's memory is the process's, as it is the kernel's.
fn ledger(change: impl FnOnce(&mut Machine)) -> Ledger<'static> {
    let mut machine = Machine::pristine();
    change(&mut machine);
    let machine: &'static Machine = std::boxed::Box::leak(machine.into());
    let rows = std::vec![Row::EMPTY; rows_for(&[&BOARD])].leak();
    check(&BOARD, machine, rows).unwrap()
}

/// The rows that differ, by name.
fn differences(ledger: &Ledger<'static>) -> Vec<(&'static str, Verdict)> {
    ledger.differences().map(|row| (row.name(), row.verdict)).collect()
}

/// The row called `name`.
fn row(ledger: &Ledger<'static>, name: &str) -> Row<'static> {
    *ledger.rows().iter().find(|row| row.name() == name).unwrap()
}
