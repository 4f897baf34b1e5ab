//! The check: a board's tables held against a live description of the machine.
//!
//! [`check`] fills a ledger, one [`Row`] per fact plus one per live device that no table claims;
//! [`Ledger::accept`] turns a [`crate::board::Claim`] into a [`Checked`] value by the row's verdict and policy.

use crate::board::Value;

/// What the comparison of one fact came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Live equals claimed.
    Match,
    /// Live differs from claimed.
    Drift,
    /// The live tree has no such node or property.
    Missing,
    /// The node, or one above it, has a `status` other than `okay`.
    Disabled,
    /// The live tree has it, but its value can't be worked out (no chain of ranges, malformed cells, …).
    Unresolvable,
    /// The live tree has a device with a binding that no table claims.
    Extra,
}

/// A value that the check has accepted; the only thing that may be used as hardware.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked<T>(T);

impl<T: Copy> Checked<T> {
    /// The accepted value.
    pub const fn get(&self) -> T {
        self.0
    }
}

/// One line of the ledger.
#[derive(Debug, Clone, Copy)]
pub struct Row<'l> {
    /// What came out.
    pub verdict: Verdict,
    /// The live value where there is one.
    pub live: Option<Value<'l>>,
}
