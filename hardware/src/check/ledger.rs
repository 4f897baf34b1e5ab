//! The ledger: every row of a check with its counts.

use crate::board::{Board, Device, Window};

use super::{Checked, Effect, Row, Verdict};

/// What a check came to; made by [`super::check`] or, where there is no usable tree, by [`Ledger::unchecked`].
#[derive(Debug, Clone, Copy)]
pub struct Ledger<'l> {
    board: &'static Board,
    rows: Option<&'l [Row<'l>]>,
    counts: Counts,
}

/// How many rows came to which verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Live equals claimed.
    pub matched: usize,
    /// Of these, how many match as what a fix of the board file puts right.
    pub fixed: usize,
    /// Live differs.
    pub drift: usize,
    /// Not in the live tree.
    pub missing: usize,
    /// Disabled in the live tree.
    pub disabled: usize,
    /// There, but not to be worked out.
    pub unresolvable: usize,
    /// Live devices that no table claims, with those that found no row.
    pub extra: usize,
    /// Rows whose policy stops the boot.
    pub fatal: usize,
}

impl<'l> Ledger<'l> {
    pub(super) fn checked(board: &'static Board, rows: &'l [Row<'l>], dropped: usize) -> Self {
        let mut counts = Counts { extra: dropped, ..Counts::default() };
        rows.iter().for_each(|row| counts.add(row));
        Self { board, rows: Some(rows), counts }
    }

    /// The ledger of a boot without a usable live tree: it has no rows, accepts claims only where the board file says
    /// `without-tree = "continue"`, and flags whatever it accepts.
    pub const fn unchecked(board: &'static Board) -> Self {
        let counts =
            Counts { matched: 0, fixed: 0, drift: 0, missing: 0, disabled: 0, unresolvable: 0, extra: 0, fatal: 0 };
        Self { board, rows: None, counts }
    }

    /// The board that was checked.
    pub const fn board(&self) -> &'static Board {
        self.board
    }

    /// One row per fact in the order of [`Board::facts`], then the extra devices; none in an unchecked ledger.
    pub fn rows(&self) -> &'l [Row<'l>] {
        self.rows.unwrap_or(&[])
    }

    /// The rows that aren't a match.
    pub fn differences(&self) -> impl Iterator<Item = &'l Row<'l>> + use<'l> {
        self.rows().iter().filter(|row| row.verdict != Verdict::Match)
    }

    /// The rows that stop the boot.
    pub fn fatal(&self) -> impl Iterator<Item = &'l Row<'l>> + use<'l> {
        self.rows().iter().filter(|row| row.effect() == Effect::Stop)
    }

    /// Counts of all rows.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Whether there was no live tree to check against.
    pub const fn is_unchecked(&self) -> bool {
        self.rows.is_none()
    }

    /// The console's window straight from the table, UNCHECKED: the explicit way around the check for telling why the
    /// boot stops. `None` while [`Ledger::accept`] can answer.
    ///
    /// The preferred console whose facts all match, else the most preferred one.
    pub fn static_console(&self) -> Option<(&'static Device, Checked<Window>)> {
        if !self.is_unchecked() && self.counts.fatal == 0 {
            return None;
        }
        let consoles = || self.board.console.iter().filter_map(|index| self.board.devices.get(usize::from(*index)));
        let console = consoles().find(|device| self.untouched(device)).or_else(|| consoles().next())?;
        let window = console.windows.first()?;
        Some((console, Checked::unchecked(window.unchecked())))
    }

    /// Whether no difference is about `device`.
    fn untouched(&self, device: &Device) -> bool {
        let facts = self.rows().iter().filter(|row| row.verdict != Verdict::Match).filter_map(|row| row.fact);
        let mut devices =
            facts.filter_map(|fact| fact.device).filter_map(|index| self.board.devices.get(usize::from(index)));
        !devices.any(|other| other.path == device.path)
    }
}

impl Counts {
    fn add(&mut self, row: &Row<'_>) {
        let count = match row.verdict {
            Verdict::Match => &mut self.matched,
            Verdict::Drift => &mut self.drift,
            Verdict::Missing => &mut self.missing,
            Verdict::Disabled => &mut self.disabled,
            Verdict::Unresolvable => &mut self.unresolvable,
            Verdict::Extra => &mut self.extra,
        };
        *count += 1;
        if row.fix().is_some() {
            self.fixed += 1;
        }
        if row.effect() == Effect::Stop {
            self.fatal += 1;
        }
    }
}
