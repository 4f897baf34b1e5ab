//! Threads, as the shell shows them.

/// The threads that there are.
pub trait Threads {
    /// The nth thread, in the order of their numbers; `None` past the last.
    fn thread(&self, index: usize) -> Option<Thread>;
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
