//! What people read of a ledger: the summary line, and the story of a boot that stops.

use core::fmt;

use crate::board::Policy;

use super::{Ledger, Verdict, patch};

/// The policies that a difference can be settled by, with the words for it.
const SETTLED: [(Policy, &str); 3] =
    [(Policy::LiveWins, "live wins"), (Policy::StaticWins, "static wins"), (Policy::Warn, "not started")];

impl<'l> Ledger<'l> {
    /// `facts: 41 match, 1 drift (live wins), 0 fatal`.
    pub fn summary(&self) -> impl fmt::Display + use<'l> {
        Summary(*self)
    }

    /// The story of a boot that must stop: each fatal row, then the lines for the board file that would let the boot
    /// go on. `None` where nothing is fatal.
    pub fn stop(&self) -> Option<impl fmt::Display + use<'l>> {
        (self.counts().fatal > 0).then_some(Stop(*self))
    }
}

struct Summary<'l>(Ledger<'l>);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ledger = &self.0;
        if ledger.is_unchecked() {
            return write!(f, "facts: UNCHECKED, {} claimed, no usable device tree", ledger.board().facts.len());
        }
        let counts = ledger.counts();
        write!(f, "facts: {} match", counts.matched)?;
        if counts.fixed > 0 {
            write!(f, " ({} fixed)", counts.fixed)?;
        }
        write!(f, ", {} drift", counts.drift)?;
        self.settled(f)?;
        let rare = [
            (counts.missing, "missing"),
            (counts.disabled, "disabled"),
            (counts.unresolvable, "unresolvable"),
            (counts.extra, "extra"),
        ];
        rare.iter().filter(|(count, _)| *count > 0).try_for_each(|(count, what)| write!(f, ", {count} {what}"))?;
        write!(f, ", {} fatal", counts.fatal)
    }
}

impl Summary<'_> {
    /// ` (live wins)` where all drifts are settled in one way, ` (2 live wins, 1 not started)` where they aren't.
    fn settled(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.0.counts().drift;
        if total == 0 {
            return Ok(());
        }
        let mut separator = " (";
        for (policy, words) in SETTLED {
            let drifts = self.0.rows().iter().filter(|row| row.verdict == Verdict::Drift);
            match drifts.filter(|row| row.policy() == Some(policy)).count() {
                0 => continue,
                all if all == total => write!(f, "{separator}{words}")?,
                some => write!(f, "{separator}{some} {words}")?,
            }
            separator = ", ";
        }
        if separator == " (" { Ok(()) } else { f.write_str(")") }
    }
}

struct Stop<'l>(Ledger<'l>);

impl fmt::Display for Stop<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ledger = &self.0;
        let board = ledger.board();
        let plural = if ledger.counts().fatal == 1 { "" } else { "s" };
        writeln!(f, "STOP: {} fatal fact{plural}", ledger.counts().fatal)?;
        ledger.fatal().try_for_each(|row| writeln!(f, "{}", row.line(board)))?;
        patch::of(f, board, ledger.fatal())
    }
}
