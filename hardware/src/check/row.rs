//! One line of the ledger: a fact, what the machine says, what follows.

use core::fmt;

use crate::board::{Board, Fact, Fix, Interrupt, Origin, Policy, Recorded, Value};

use super::{Unresolved, patch};

/// What the comparison of one fact came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The live tree has no such node or property.
    Missing,
    /// Live equals claimed.
    Match,
    /// Live differs from claimed.
    Drift,
    /// The node, or one above it, has a `status` other than `okay`.
    Disabled,
    /// The live tree has it, but its value can't be worked out (no chain of ranges, malformed cells, …).
    Unresolvable,
    /// The live tree has a device with a binding that no table claims.
    Extra,
}

/// What a verdict leads to under the fact's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The claimed value is used.
    UseClaimed,
    /// The live value is used.
    UseLive,
    /// The device isn't started; the rest goes on.
    Skip,
    /// The boot stops.
    Stop,
    /// Said and nothing else: an extra device.
    List,
}

/// One line of the ledger.
#[derive(Debug, Clone, Copy)]
pub struct Row<'l> {
    /// The fact; `None` for an extra device.
    pub fact: Option<&'static Fact>,
    /// What came out.
    pub verdict: Verdict,
    /// The live value where there is one.
    pub live: Option<Value<'l>>,
    /// Why there is none, for [`Verdict::Unresolvable`].
    pub reason: Option<Unresolved>,
    /// The live node that was compared, by its number in the live tree's order.
    pub node: Option<u32>,
    /// That node's own name where the table doesn't know it: an extra device's, a moved device's.
    pub found_as: Option<&'l str>,
}

impl<'l> Row<'l> {
    /// What a row buffer is filled with before the check; all zeroes.
    pub const EMPTY: Self =
        Self { fact: None, verdict: Verdict::Missing, live: None, reason: None, node: None, found_as: None };

    /// The fact's name, `gic.window[0]`; the node's name for an extra device.
    pub fn name(&self) -> &'l str {
        self.fact.map(|fact| fact.name).or(self.found_as).unwrap_or("")
    }

    /// What the table says; `None` for an extra device.
    pub fn claimed(&self) -> Option<Value<'static>> {
        self.fact.map(|fact| fact.claimed)
    }

    /// What a difference means; `None` for an extra device.
    pub fn policy(&self) -> Option<Policy> {
        self.fact.map(|fact| fact.policy)
    }

    /// The fix by which the row matches, where firmware still says what the fix puts right.
    pub fn fix(&self) -> Option<&'static Fix> {
        match self.fact?.origin {
            Origin::Fix(fixed) if self.verdict == Verdict::Match && self.live != self.claimed() => Some(fixed.fix),
            _ => None,
        }
    }

    /// What follows from the verdict.
    pub fn effect(&self) -> Effect {
        let Some(policy) = self.policy() else { return Effect::List };
        match (self.verdict, policy) {
            (Verdict::Match, _) => Effect::UseClaimed,
            (Verdict::Extra, _) => Effect::List,
            (_, Policy::Fatal) => Effect::Stop,
            (_, Policy::StaticWins) => Effect::UseClaimed,
            (Verdict::Drift, Policy::LiveWins) => Effect::UseLive,
            (_, Policy::LiveWins | Policy::Warn) => Effect::Skip,
        }
    }

    /// What the live tree has: the value, or why there is none.
    pub fn live_text(&self) -> impl fmt::Display + use<'l> {
        LiveText(*self)
    }

    /// The claimed value, or `nothing`.
    pub fn claimed_text(&self) -> impl fmt::Display + use<'l> {
        ClaimedText(*self)
    }

    /// The row as people read it: name, claimed, live, what follows, why.
    pub fn line(&self, board: &'static Board) -> impl fmt::Display + use<'l> {
        Line { row: *self, board }
    }

    /// Why a difference means what it does: the board file's reason, who has fixed the value, or where the claimed value
    /// came from.
    pub fn because(&self, board: &'static Board) -> impl fmt::Display + use<'l> {
        Because { fact: self.fact, fix: self.fix(), board }
    }

    /// Whether nothing is left to do about the row: it matches, it is only listed, or the board file says with a reason
    /// what the difference means and the boot goes on.
    pub fn is_settled(&self) -> bool {
        match self.fact {
            None => true,
            Some(fact) => self.verdict == Verdict::Match || fact.why.is_some() && self.effect() != Effect::Stop,
        }
    }

    /// What is there where there is no live value: the verdict, but that of the fixed property where the row matches.
    fn lacks(&self) -> Verdict {
        match self.fact.map(|fact| fact.origin) {
            Some(Origin::Fix(fixed)) if self.verdict == Verdict::Match => match fixed.recorded {
                Recorded::Value(_) => Verdict::Match,
                Recorded::Missing => Verdict::Missing,
                Recorded::Disabled => Verdict::Disabled,
                Recorded::Unresolvable => Verdict::Unresolvable,
            },
            _ => self.verdict,
        }
    }

    /// Whether the two interrupts of a drift differ in nothing but the trigger, so that it must be printed.
    fn only_trigger_differs(&self) -> bool {
        match (self.claimed(), self.live) {
            (Some(Value::Interrupt(claimed)), Some(Value::Interrupt(live))) => {
                claimed != live && claimed == Interrupt { trigger: claimed.trigger, ..live }
            }
            _ => false,
        }
    }
}

struct LiveText<'l>(Row<'l>);
struct ClaimedText<'l>(Row<'l>);

impl fmt::Display for LiveText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.live, self.0.reason) {
            (Some(Value::Interrupt(live)), _) if self.0.only_trigger_differs() => write!(f, "{live:#}"),
            (Some(Value::Compatible(live)), _) => patch::printable(f, live),
            (Some(live), _) => live.fmt(f),
            (None, Some(reason)) => write!(f, "{}: {reason}", self.0.lacks()),
            (None, None) => self.0.lacks().fmt(f),
        }
    }
}

impl fmt::Display for ClaimedText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.claimed() {
            Some(Value::Interrupt(claimed)) if self.0.only_trigger_differs() => write!(f, "{claimed:#}"),
            Some(claimed) => claimed.fmt(f),
            None => f.write_str("nothing"),
        }
    }
}

struct Line<'l> {
    row: Row<'l>,
    board: &'static Board,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = &self.row;
        write!(f, "{:<24} claimed {}   live {}", row.name(), row.claimed_text(), row.live_text())?;
        let Some(fact) = row.fact else { return f.write_str("   listed only") };
        if let Some(name) = row.found_as {
            write!(f, " at {name}")?;
        }
        match (row.verdict, row.fix()) {
            (Verdict::Match, None) => return f.write_str("   match"),
            (_, Some(_)) => f.write_str("   fixed   ")?,
            _ => write!(f, "   {}   ", fact.policy)?,
        }
        row.because(self.board).fmt(f)
    }
}

struct Because {
    fact: Option<&'static Fact>,
    fix: Option<&'static Fix>,
    board: &'static Board,
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(fact) = self.fact else { return Ok(()) };
        match (fact.why, self.fix) {
            (_, Some(fix)) => write!(f, "{}: {} ({})", fix.confidence, fix.source, fix.line),
            (Some(why), None) => write!(f, "{} ({})", why.text, why.line),
            (None, None) => write!(f, "({})", self.board.origin(fact)),
        }
    }
}

impl Verdict {
    /// `match`, `drift`, `missing`, `disabled`, `unresolvable` or `extra`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Drift => "drift",
            Self::Missing => "missing",
            Self::Disabled => "disabled",
            Self::Unresolvable => "unresolvable",
            Self::Extra => "extra",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
