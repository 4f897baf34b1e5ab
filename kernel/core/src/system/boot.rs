//! How the kernel got here, and the clock it measures that with.

/// The way from entry to the prompt.
pub trait Boot {
    /// Which kernel this is.
    fn build(&self) -> Build<'_>;

    /// The exception level that firmware entered at: 1 or 2.
    fn entry_level(&self) -> u8;

    /// CPUs that run.
    fn cpus_online(&self) -> usize;

    /// The nth stage in the order they ran; `None` past the last.
    fn stage(&self, index: usize) -> Option<Stage<'_>>;
}

/// Which kernel this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Build<'s> {
    /// `0.1.0`
    pub version: &'s str,
    /// The commit, or what else tells two builds of one version apart.
    pub id: &'s str,
    /// `release` or `debug`.
    pub profile: &'s str,
}

/// One stage of the boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage<'s> {
    /// What it did, in a word or two.
    pub name: &'s str,
    /// The architected counter when it started.
    pub start: u64,
    /// The architected counter when it ended.
    pub end: u64,
}

/// The architected counter, and the time of day where there is a clock.
pub trait Clock {
    /// The counter now.
    fn ticks(&self) -> u64;

    /// The counter when the kernel was entered; firmware may have started it long before.
    fn entry_ticks(&self) -> u64;

    /// Ticks per second; 0 if it isn't known.
    fn frequency_hz(&self) -> u64;

    /// Seconds since 1970-01-01 UTC, from the real-time clock; `None` where there is none.
    fn unix_seconds(&self) -> Option<u64>;
}

impl dyn Clock + '_ {
    /// Nanoseconds that `ticks` take; `None` if the frequency isn't known.
    pub fn nanoseconds(&self, ticks: u64) -> Option<u64> {
        let nanoseconds = u128::from(ticks) * 1_000_000_000;
        u64::try_from(nanoseconds.checked_div(self.frequency_hz().into())?).ok()
    }

    /// Nanoseconds from the kernel's entry to `ticks`.
    pub fn since_entry(&self, ticks: u64) -> Option<u64> {
        self.nanoseconds(ticks.saturating_sub(self.entry_ticks()))
    }
}
