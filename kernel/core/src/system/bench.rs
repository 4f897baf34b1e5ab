//! What the kernel measures: the cost of its own operations.

/// A measurement.
#[derive(Debug, Clone, Copy)]
pub struct Bench {
    /// What it is called: `yield`.
    pub name: &'static str,
    /// Does it; an error says what is missing.
    pub run: fn() -> Result<Measured, &'static str>,
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// Counts of the system counter.
    pub ticks: u64,
    /// How often it was done meanwhile.
    pub operations: u64,
    /// Instructions that the core executed, for what waits for somebody else; `None` where they weren't counted.
    pub instructions: Option<u64>,
}

impl Measured {
    /// `operations` that took `ticks`.
    pub const fn new(ticks: u64, operations: u64) -> Self {
        Self { ticks, operations, instructions: None }
    }

    /// Instructions of one operation, rounded up, where they were counted.
    pub const fn instructions_each(self) -> Option<u64> {
        match self.instructions {
            Some(all) if self.operations > 0 => Some(all.div_ceil(self.operations)),
            _ => None,
        }
    }

    /// What one operation took, rounded up; `None` where the counter's rate isn't known.
    pub const fn nanoseconds(self, hertz: u64) -> Option<u64> {
        if hertz == 0 || self.operations == 0 {
            return None;
        }
        // In 128 bits nothing overflows.
        let all = self.ticks as u128 * 1_000_000_000;
        Some(all.div_ceil(hertz as u128 * self.operations as u128) as u64)
    }
}
