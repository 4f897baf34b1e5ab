//! The cores, and what became of each.

use hardware::board::Mpidr;

/// The cores that the live tree has.
pub trait Cores {
    /// The core numbered `index`, the boot core being 0; `None` past the last.
    fn core(&self, index: usize) -> Option<Core>;

    /// What that core has counted since the boot; `None` past the last.
    fn count(&self, index: usize, count: Count) -> Option<u64>;

    /// Switches a core off: its threads go on elsewhere.
    fn switch_off(&self, index: usize) -> Result<(), CoreError>;

    /// Switches a core on that was switched off.
    fn switch_on(&self, index: usize) -> Result<(), CoreError>;
}

/// What each core counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Interrupts that it acknowledged and handled, those from other cores included.
    Interrupts,
    /// Calls of its scheduler by other cores.
    Kicks,
    /// Interrupts that were none when they were acknowledged (IHI 0069H, 2.2.1: INTID 1023).
    Spurious,
    /// Interrupts of lines without a handler; each such line is held back.
    Unhandled,
    /// Blocks that it took from the heap.
    Allocations,
    /// Blocks that it gave back, whoever had taken them.
    Frees,
    /// Records that it wrote to the log.
    Records,
}

impl Count {
    /// In the order in which they are shown, which is their numbers'.
    pub const ALL: [Self; 7] =
        [Self::Interrupts, Self::Kicks, Self::Spurious, Self::Unhandled, Self::Allocations, Self::Frees, Self::Records];

    /// The head of its column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Interrupts => "interrupts",
            Self::Kicks => "kicks",
            Self::Spurious => "spurious",
            Self::Unhandled => "unhandled",
            Self::Allocations => "allocations",
            Self::Frees => "frees",
            Self::Records => "records",
        }
    }
}

/// Why a core isn't switched off or on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoreError {
    /// None has that number.
    #[error("there is no CPU {0}")]
    NoSuchCpu(usize),
    /// The preset leaves out what it takes.
    #[error("CPU {0} stays as it is: the preset leaves out cpu-hotplug")]
    LeftOut(usize),
    /// The boot core stays.
    #[error("CPU 0 stays on: it takes the devices' interrupts")]
    BootCpu,
    /// It is that already.
    #[error("CPU {0} is {1} already")]
    Already(usize, &'static str),
    /// It doesn't run, and not because it was switched off.
    #[error("CPU {0} never ran; cpus says why")]
    NeverRan(usize),
    /// PSCI didn't start it.
    #[error("CPU {0} stays on: it came through a spin table, which has no way back")]
    SpinTable(usize),
    /// Some threads may run nowhere else; these are among them.
    #[error("CPU {0} stays on: it is the only one that may run {1}")]
    Bound(usize, heapless::String<48>),
    /// It was tried, and didn't work.
    #[error("{0}")]
    Stays(heapless::String<80>),
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
