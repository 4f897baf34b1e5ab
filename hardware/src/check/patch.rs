//! The lines for the board file that settle what a check found.
//!
//! Each entry is a table of its own, `[verify."gic.window[0]"]`, so that the lines can stand at the end of any board
//! file, whether it has a `[verify]` table or not. Names and live values come from a tree: what TOML gives a meaning is
//! escaped.

use core::fmt::{self, Write};

use crate::board::{Board, Item, Policy};

use super::{Ledger, Row, Verdict};

impl<'l> Ledger<'l> {
    /// The lines for the board file that settle every difference if the firmware is right. `None` where all are
    /// settled.
    pub fn patch(&self) -> Option<impl fmt::Display + use<'l>> {
        patch(self.board(), self.rows())
    }
}

/// The lines for the board file that settle `rows`; see [`Ledger::patch`].
pub fn patch<'l>(board: &'static Board, rows: &'l [Row<'l>]) -> Option<impl fmt::Display + use<'l>> {
    rows.iter().any(|row| !row.is_settled()).then_some(Patch { board, rows })
}

struct Patch<'l> {
    board: &'static Board,
    rows: &'l [Row<'l>],
}

impl fmt::Display for Patch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        of(f, self.board, self.rows.iter().filter(|row| !row.is_settled()))
    }
}

/// The lines that settle `rows`.
pub(super) fn of<'r, 'l: 'r>(
    f: &mut fmt::Formatter<'_>,
    board: &'static Board,
    mut rows: impl Iterator<Item = &'r Row<'l>>,
) -> fmt::Result {
    writeln!(f, "# If the firmware is right, append these lines to {}:", board.file)?;
    rows.try_for_each(|row| entry(f, row))
}

/// The `[verify]` entry that settles a row.
fn entry(f: &mut fmt::Formatter<'_>, row: &Row<'_>) -> fmt::Result {
    f.write_str("\n[verify.\"")?;
    Basic(f).write_str(row.name())?;
    f.write_str("\"]")?;
    if let Some(why) = row.fact.and_then(|fact| fact.why) {
        write!(f, " # instead of {}", why.line)?;
    }
    if is_compatible(row) && row.policy() == Some(Policy::Fatal) {
        // A boot without its interrupt controller, say, is rarely what is wanted.
        f.write_str("\n# The device is then left alone. Other hardware is a board of its own: cargo board new")?;
    }
    write!(f, "\non-drift = \"{}\"\nwhy = \"", policy(row))?;
    f.write_str(match row.verdict {
        Verdict::Drift => "the live tree has ",
        _ => "in the live tree: ",
    })?;
    write!(Basic(f), "{}", row.live_text())?;
    f.write_str("\"\n")
}

/// What the live tree doesn't have can't win, nor can another device; the device is then left alone.
fn policy(row: &Row<'_>) -> Policy {
    if row.verdict == Verdict::Drift && !is_compatible(row) { Policy::LiveWins } else { Policy::Warn }
}

fn is_compatible(row: &Row<'_>) -> bool {
    row.fact.is_some_and(|fact| fact.item == Item::Compatible)
}

/// The text with its control characters shown, so that a live string can't steer the terminal that it is printed on.
pub(super) fn printable(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.chars().try_for_each(|letter| plain(f, letter))
}

fn plain(f: &mut fmt::Formatter<'_>, letter: char) -> fmt::Result {
    match letter.is_control() {
        true => write!(f, "\\u{:04X}", u32::from(letter)),
        false => f.write_char(letter),
    }
}

/// Writes the inside of a basic string (TOML 1.0, "String").
struct Basic<'f, 'b>(&'f mut fmt::Formatter<'b>);

impl Write for Basic<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars() {
            if matches!(letter, '"' | '\\') {
                self.0.write_char('\\')?;
            }
            plain(self.0, letter)?;
        }
        Ok(())
    }
}
