//! The boot log: a ring of records that overwrites its oldest and counts what it lost.
//!
//! A [`Ring`] is usable from a `static` before anything else is up: its constructor is const and all zeroes, and
//! a record costs its header and a copy of its text, formatting only what the caller formats. Reading never drains it:
//! a [`Cursor`] is the reader's own, so `/proc/bootlog`, the `log` command and a panic each see everything.
//! Locking is the kernel's business; the ring is in a readable state between any two of its stores, so a panic may
//! read past a lock whose owner will never return.

mod ring;

pub use ring::{Cursor, MAX_TEXT, Record, Ring, Writer};

/// How much a record matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something failed.
    Error,
    /// Something is not as claimed; the kernel goes on.
    Warn,
    /// What a person wants to know.
    Info,
    /// What whoever mends it wants to know.
    Debug,
}

/// Where the log can be read from; the kernel puts its lock behind this.
pub trait Log {
    /// The record at `cursor`, which moves past it; `None` at the end.
    fn next(&self, cursor: &mut Cursor) -> Option<Record>;

    /// Records overwritten so far.
    fn dropped(&self) -> u64;
}

impl Level {
    /// Lower-case, as people and tools read it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }

    fn from_byte(byte: u8) -> Self {
        match byte {
            0 => Self::Error,
            1 => Self::Warn,
            2 => Self::Info,
            _ => Self::Debug,
        }
    }
}
