//! Scheduling as plain data: who is next, who wakes when, which core takes whom.
//!
//! Threads are places in a table, [`ThreadId`]s; nothing here allocates or waits. The kernel's `sched` keeps one [`RunQueue`]
//! and one [`Timers`] for each core behind that core's lock.

mod balance;
mod run_queue;
mod timers;

pub use balance::{CpuSet, least_loaded, most_loaded};
pub use run_queue::RunQueue;
pub use timers::Timers;

/// A place in the table of threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThreadId(pub u16);

impl ThreadId {
    /// The place, for a table of `N`, a power of two; a number beyond wraps around, so that no bound has to be checked.
    #[inline(always)]
    pub const fn place<const N: usize>(self) -> usize {
        const { assert!(N.is_power_of_two() && N <= 1 << 15) };
        self.0 as usize & (N - 1)
    }
}

/// How urgent a thread is: the highest that is ready runs, those of one priority take turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Priority(u8);

impl Priority {
    /// How many there are.
    pub const COUNT: usize = 32;
    /// The least urgent.
    pub const LOWEST: Self = Self(0);
    /// What nobody ranked.
    pub const NORMAL: Self = Self(12);
    /// Work that interrupts put off.
    pub const DEFERRED: Self = Self(24);
    /// The most urgent of those that reserved nothing.
    pub const HIGHEST: Self = Self(30);
    /// Threads with a reservation, whose deadlines say who is first.
    pub const RESERVED: Self = Self(31);

    /// `None` from 32 on.
    pub const fn new(level: u8) -> Option<Self> {
        if (level as usize) < Self::COUNT { Some(Self(level)) } else { None }
    }

    /// 0 to 31.
    #[inline(always)]
    pub const fn level(self) -> u8 {
        self.0
    }
}
