//! Which core takes a thread.
//!
//! A core's load is how many threads it has that run or are ready, idle not counted. The choice is made when a thread wakes, and
//! when a core has nothing to do: both know little, and both are cheap.

/// A set of cores, by number; those from 64 on don't exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CpuSet(pub u64);

impl CpuSet {
    /// Every core.
    pub const ALL: Self = Self(u64::MAX);

    /// No core.
    pub const NONE: Self = Self(0);

    /// One core.
    pub const fn only(cpu: usize) -> Self {
        Self(if cpu < 64 { 1 << cpu } else { 0 })
    }

    /// Whether it has the core.
    pub const fn has(self, cpu: usize) -> bool {
        cpu < 64 && self.0 >> cpu & 1 != 0
    }

    /// The cores that both have.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The cores' numbers, lowest first.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..64).filter(move |&cpu| self.has(cpu))
    }
}

/// Where a thread that wakes goes: `home`, where its data is in the caches, unless a core of `may` has at least two fewer to
/// serve, or `may` doesn't have `home`. `None` if `may` is empty.
pub fn least_loaded(home: usize, may: CpuSet, load: impl Fn(usize) -> u32) -> Option<usize> {
    let best = may.iter().min_by_key(|&cpu| load(cpu))?;
    if may.has(home) && load(home) < load(best).saturating_add(2) { Some(home) } else { Some(best) }
}

/// From whom a core without work takes some: the one of `others` with the most, if that is more than the one it runs.
pub fn most_loaded(others: CpuSet, load: impl Fn(usize) -> u32) -> Option<usize> {
    others.iter().filter(|&cpu| load(cpu) > 1).max_by_key(|&cpu| load(cpu))
}
