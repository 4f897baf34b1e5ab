//! How late timer interrupts come.

/// Steps within a power of two: a percentile is at most an eighth too high.
const STEPS: usize = 8;
const STEPS_LOG2: u32 = STEPS.trailing_zeros();
/// Powers of two beyond the exact values below [`STEPS`].
const POWERS: usize = 40;

/// A histogram of delays in ticks, exact below 8 and within an eighth above.
#[derive(Debug, Clone)]
pub struct Jitter {
    counts: [u32; STEPS * (POWERS + 1)],
    total: u64,
    max: u64,
}

impl Jitter {
    /// Nothing was seen.
    pub const fn new() -> Self {
        Self { counts: [0; STEPS * (POWERS + 1)], total: 0, max: 0 }
    }

    /// An interrupt came `ticks` after it was due.
    pub fn record(&mut self, ticks: u64) {
        let count = &mut self.counts[bucket(ticks)];
        *count = count.saturating_add(1);
        self.total += 1;
        self.max = self.max.max(ticks);
    }

    /// Interrupts seen.
    pub const fn samples(&self) -> u64 {
        self.total
    }

    /// The latest, exactly; `None` if there was none.
    pub const fn max(&self) -> Option<u64> {
        if self.total == 0 { None } else { Some(self.max) }
    }

    /// The delay that `percent` of the interrupts didn't exceed, rounded up to the histogram's step; `None` if there
    /// was none.
    pub fn percentile(&self, percent: u8) -> Option<u64> {
        let wanted = (self.total * u64::from(percent.min(100))).div_ceil(100).max(1);
        let mut seen = 0;
        let index = self.counts.iter().position(|&count| {
            seen += u64::from(count);
            seen >= wanted
        })?;
        Some(upper(index).min(self.max))
    }
}

impl Default for Jitter {
    fn default() -> Self {
        Self::new()
    }
}

/// Where a delay is counted; what is beyond the last bucket is counted there.
fn bucket(ticks: u64) -> usize {
    if ticks < STEPS as u64 {
        return ticks as usize;
    }
    let power = ticks.ilog2() - STEPS_LOG2;
    let step = (ticks >> power) as usize - STEPS;
    ((power as usize + 1) * STEPS + step).min(STEPS * (POWERS + 1) - 1)
}

/// The largest delay that a bucket counts.
const fn upper(bucket: usize) -> u64 {
    if bucket < STEPS {
        return bucket as u64;
    }
    let (power, step) = (bucket / STEPS - 1, bucket % STEPS);
    (((STEPS + step + 1) as u64) << power) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_exact_or_an_eighth_too_high() {
        let mut jitter = Jitter::new();
        assert_eq!((jitter.percentile(50), jitter.max()), (None, None));
        for ticks in 1..=1000 {
            jitter.record(ticks);
        }
        for percent in [1, 10, 50, 90, 99] {
            let exact = u64::from(percent) * 10;
            let told = jitter.percentile(percent).unwrap();
            assert!((exact..=exact + exact / 8).contains(&told), "p{percent}: {told}");
        }
        assert_eq!(jitter.percentile(100), Some(1000));
        assert_eq!(jitter.max(), Some(1000));
    }

    #[test]
    fn every_delay_has_its_bucket() {
        let edges = (0..63).flat_map(|power| [(1u64 << power) - 1, 1 << power, (1 << power) + 1]);
        for ticks in edges.chain([u64::MAX]) {
            let index = bucket(ticks);
            let last = STEPS * (POWERS + 1) - 1;
            assert!(index <= last);
            assert!(index == last || upper(index) >= ticks, "{ticks}");
            assert!(index == 0 || upper(index - 1) < ticks, "{ticks}");
        }
    }
}
