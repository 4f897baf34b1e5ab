//! What the kernel does under strain: everything at once, for a while.

use super::selftest::Why;

/// Does all that the kernel can do at once, on all cores; nothing of it is left behind.
pub type Stress = fn(Asked) -> Totals;

/// Kinds of work that there can be.
pub const WORKS: usize = 16;

/// How long, and from what numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Seconds.
    pub seconds: u32,
    /// What every choice follows from; `None` for one that nobody chose.
    pub seed: Option<u64>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// The cores that worked.
    pub cpus: usize,
    /// What every choice followed from.
    pub seed: u64,
    /// Each kind of work, and how often it was done.
    pub works: heapless::Vec<(&'static str, u64), WORKS>,
    /// Nanoseconds from a time that was waited for to the thread that waited, at most.
    pub latest_ns: u64,
    /// What went wrong first.
    pub failure: Option<Why>,
}
