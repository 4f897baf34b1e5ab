//! Numbers that follow from a seed: xorshift64*.

/// A row of numbers.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    /// The row of one worker; those of one seed have nothing in common.
    pub(super) fn new(seed: u64, worker: u64) -> Self {
        let mixed = seed ^ (worker + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(mixed.max(1))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Below `end`, which isn't 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 16) % end
    }
}
