//! The one way from a claim to a value that may be used as hardware.

use crate::board::{Board, Claim, Conduit, Fact, FactId, Hertz, Interrupt, Mpidr, Value, Window, WithoutTree};

use super::{Effect, Ledger, Row, Verdict};

/// A value that the check has accepted; the only thing that may be used as hardware.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked<T> {
    value: T,
    source: Source,
}

/// Where a checked value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Table and live tree agree.
    Both,
    /// The live tree, against the table.
    Live,
    /// The table, against the live tree.
    Table,
    /// The table alone: there was no usable tree.
    Unchecked,
}

/// Why a claim may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAccepted {
    /// The fact's verdict and policy forbid it.
    #[error("{fact}: {verdict}")]
    Refused {
        /// The fact's name.
        fact: &'static str,
        /// What the comparison came to.
        verdict: Verdict,
    },
    /// Some fact is fatal: nothing may be used any more.
    #[error("a fatal fact stops the boot")]
    Stopped,
    /// There is no usable live tree, and the board file doesn't let the boot go on without.
    #[error("unchecked: no usable device tree")]
    Unchecked,
    /// The claim isn't one of this board's.
    #[error("the claim is of another board")]
    Foreign,
}

/// A type that a fact's value can have.
pub trait Checkable: Copy + PartialEq {
    /// The live value as the kernel may use it; `None` where it is of another kind or the table can't hold it.
    fn from_value(value: Value<'_>, board: &'static Board) -> Option<Self>;
}

impl<T: Copy> Checked<T> {
    /// The accepted value.
    pub const fn get(&self) -> T {
        self.value
    }

    /// Where it came from.
    pub const fn source(&self) -> Source {
        self.source
    }

    /// Only for the ledger's explicit way around the check.
    pub(super) const fn unchecked(value: T) -> Self {
        Self { value, source: Source::Unchecked }
    }
}

impl Ledger<'_> {
    /// Turns a claim into a value that may be used as hardware, or says why it may not.
    ///
    /// A device's claims are accepted only together with the fact that the device is there.
    pub fn accept<T: Checkable>(&self, claim: &Claim<T>) -> Result<Checked<T>, NotAccepted> {
        let fact = self.fact(claim)?;
        if self.is_unchecked() {
            return match self.board().without_tree {
                WithoutTree::Continue { .. } => Ok(Checked::unchecked(claim.unchecked())),
                WithoutTree::Refuse => Err(NotAccepted::Unchecked),
            };
        }
        if self.counts().fatal > 0 {
            return Err(NotAccepted::Stopped);
        }
        self.present(fact)?;
        let row = self.row(claim.fact())?;
        let (value, source) = match row.effect() {
            Effect::UseClaimed if row.live == row.claimed() => (claim.unchecked(), Source::Both),
            Effect::UseClaimed => (claim.unchecked(), Source::Table),
            Effect::UseLive => (self.live_value(fact, row).ok_or_else(|| refused(row))?, Source::Live),
            Effect::Skip | Effect::Stop | Effect::List => return Err(refused(row)),
        };
        Ok(Checked { value, source })
    }

    /// The fact behind a claim, if both are of this board.
    fn fact<T: Checkable>(&self, claim: &Claim<T>) -> Result<&'static Fact, NotAccepted> {
        let fact = self.board().fact(claim.fact()).ok_or(NotAccepted::Foreign)?;
        match T::from_value(fact.claimed, self.board()) {
            Some(claimed) if claimed == claim.unchecked() => Ok(fact),
            _ => Err(NotAccepted::Foreign),
        }
    }

    /// Refuses a fact whose device isn't there or is another device.
    fn present(&self, fact: &Fact) -> Result<(), NotAccepted> {
        let Some(device) = fact.device.and_then(|index| self.board().devices.get(usize::from(index))) else {
            return Ok(());
        };
        let row = self.row(device.present.fact())?;
        match row.effect() {
            Effect::UseClaimed => Ok(()),
            Effect::UseLive if self.same_binding(device.binding, row) => Ok(()),
            _ => Err(refused(row)),
        }
    }

    /// Whether the live `compatible` is another string of the binding that the table chose.
    fn same_binding(&self, binding: &str, row: &Row<'_>) -> bool {
        let Some(Value::Compatible(live)) = row.live else { return false };
        self.board().binding(live).is_some_and(|(found, _)| found.name == binding)
    }

    fn live_value<T: Checkable>(&self, fact: &Fact, row: &Row<'_>) -> Option<T> {
        let live = row.live.and_then(|live| T::from_value(live, self.board()))?;
        // A driver for another device is never what "the live tree wins" means.
        let device = fact.device.and_then(|index| self.board().devices.get(usize::from(index)));
        match (fact.claimed, device) {
            (Value::Compatible(_), Some(device)) => self.same_binding(device.binding, row).then_some(live),
            _ => Some(live),
        }
    }

    fn row(&self, fact: FactId) -> Result<&Row<'_>, NotAccepted> {
        self.rows().get(fact.index()).ok_or(NotAccepted::Foreign)
    }
}

fn refused(row: &Row<'_>) -> NotAccepted {
    let fact = row.fact.map_or("", |fact| fact.name);
    NotAccepted::Refused { fact, verdict: row.verdict }
}

macro_rules! checkable {
    ($($kind:ident($type:ty)),*) => {$(
        impl Checkable for $type {
            fn from_value(value: Value<'_>, _: &'static Board) -> Option<Self> {
                match value {
                    Value::$kind(value) => Some(value),
                    _ => None,
                }
            }
        }
    )*};
}

checkable!(Window(Window), Interrupt(Interrupt), Clock(Hertz), Mpidr(Mpidr), Conduit(Conduit));

impl Checkable for &'static str {
    /// The table's copy of the string, so that it outlives the live tree.
    fn from_value(value: Value<'_>, board: &'static Board) -> Option<Self> {
        match value {
            Value::Compatible(string) => board.binding(string).map(|(_, known)| known),
            _ => None,
        }
    }
}
