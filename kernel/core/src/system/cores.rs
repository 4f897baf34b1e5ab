//! The cores, and what became of each.

use hardware::board::Mpidr;

/// The cores that the live tree has.
pub trait Cores {
    /// The core numbered `index`, the boot core being 0; `None` past the last.
    fn core(&self, index: usize) -> Option<Core>;
}

/// A core.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Core {
    /// Its affinity.
    pub mpidr: Mpidr,
    /// Whether it runs.
    pub state: CoreState,
}

/// What became of a core.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CoreState {
    /// It runs.
    Running,
    /// It was called and hasn't come yet.
    Called,
    /// It was switched off.
    Off,
    /// It doesn't run, and why.
    Failed(heapless::String<WHY>),
}

/// Bytes of a reason.
const WHY: usize = 96;

impl CoreState {
    /// The state in a word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Called => "called",
            Self::Off => "off",
            Self::Failed(_) => "failed",
        }
    }

    /// Why it doesn't run; empty for all others.
    pub fn why(&self) -> &str {
        match self {
            Self::Failed(why) => why,
            Self::Running | Self::Called | Self::Off => "",
        }
    }
}
