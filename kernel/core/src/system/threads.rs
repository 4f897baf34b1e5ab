//! Threads, as the shell shows them.

use crate::deadline::{Reservation, State, Trust};

/// The threads that there are.
pub trait Threads {
    /// The nth thread, in the order of their numbers; `None` past the last.
    fn thread(&self, index: usize) -> Option<Thread>;

    /// The nth thread with a reservation; `None` past the last.
    fn reserved(&self, index: usize) -> Option<Reserved>;

    /// The nth core that somebody has reserved time of; `None` past the last.
    fn reserved_core(&self, index: usize) -> Option<ReservedCore>;

    /// Whether deadlines can be kept.
    fn timer(&self) -> Trust;
}

/// A thread with a reservation. Times are ticks of the counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserved {
    /// Its place in the kernel's table.
    pub number: u16,
    /// What it was called when it was made.
    pub name: &'static str,
    /// The core that it stays on.
    pub cpu: usize,
    /// What it was admitted with.
    pub reservation: Reservation,
    /// What is left of the current budget.
    pub left: u64,
    /// What it ran beyond its budgets.
    pub overrun: u64,
    /// Where its server is.
    pub state: State,
}

/// A core that somebody has reserved time of. Times are ticks of the counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReservedCore {
    /// Its number.
    pub cpu: usize,
    /// The share that is reserved, in ppm.
    pub charged_ppm: u32,
    /// The share that may be, in ppm.
    pub bound_ppm: u32,
    /// Timer interrupts since the first reservation.
    pub interrupts: u64,
    /// How late they came; `None` where none came yet.
    pub late: Option<Lateness>,
}

/// How late timer interrupts came, in ticks of the counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lateness {
    /// Half of them not later than this.
    pub p50: u64,
    /// 99 of 100 not later than this.
    pub p99: u64,
    /// None later than this.
    pub max: u64,
}

/// A thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thread {
    /// Its place in the kernel's table.
    pub number: u16,
    /// What it was called when it was made.
    pub name: &'static str,
    /// 0 to 31, the highest runs first.
    pub priority: u8,
    /// What it does.
    pub state: ThreadState,
    /// The core that it runs on or is queued at.
    pub cpu: usize,
}

/// What a thread does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadState {
    /// A core runs it.
    Running,
    /// It would run if a core were free; an idle thread always.
    Ready,
    /// It waits for something or somebody.
    Waiting,
    /// It has ended, and whoever may join it hasn't yet.
    Ended,
}

impl ThreadState {
    /// Lower-case, as people and tools read it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Ready => "ready",
            Self::Waiting => "waiting",
            Self::Ended => "ended",
        }
    }
}
