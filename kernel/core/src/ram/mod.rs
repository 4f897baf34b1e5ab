//! What RAM there is once everything that others own has been taken away.
//!
//! A [`RamMap`] is filled with the live tree's memory and then loses the image, the tree itself, the initrd,
//! memory reservations and reserved memory. What is left is handed out in whole blocks of the linear map.

mod nodes;

use core::ops::Range;

pub use nodes::{Entry, MemoryError};

/// Disjoint ranges of physical addresses in address order, at most `N`.
#[derive(Debug, Clone)]
pub struct RamMap<const N: usize> {
    ranges: heapless::Vec<Range<u64>, N>,
}

/// More ranges than the map holds; the range that didn't fit was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {0} separate ranges of RAM")]
pub struct TooManyRanges(pub usize);

impl<const N: usize> RamMap<N> {
    /// No RAM.
    pub const fn new() -> Self {
        Self { ranges: heapless::Vec::new() }
    }

    /// The ranges, in address order.
    pub fn ranges(&self) -> &[Range<u64>] {
        &self.ranges
    }

    /// Bytes in all ranges.
    pub fn bytes(&self) -> u64 {
        self.ranges.iter().fold(0, |sum, range| sum.saturating_add(range.end - range.start))
    }

    /// The largest range; of two equal ones the lower.
    pub fn largest(&self) -> Option<Range<u64>> {
        self.ranges.iter().rev().max_by_key(|range| range.end - range.start).cloned()
    }

    /// There is RAM in `new`; what overlaps or touches a known range is merged with it.
    pub fn add(&mut self, new: Range<u64>) -> Result<(), TooManyRanges> {
        if new.start >= new.end {
            return Ok(());
        }
        let first = self.ranges.iter().take_while(|range| range.end < new.start).count();
        let mut merged = new;
        while let Some(range) = self.ranges.get(first).filter(|range| range.start <= merged.end) {
            merged = range.start.min(merged.start)..range.end.max(merged.end);
            self.ranges.remove(first);
        }
        self.insert(first, merged)
    }

    /// `taken` is someone else's.
    ///
    /// When a range splits and there is no room for the second half, the second half is left out: what is
    /// taken never stays in the map.
    pub fn remove(&mut self, taken: Range<u64>) -> Result<(), TooManyRanges> {
        let mut outcome = Ok(());
        let mut index = 0;
        while let Some(range) = self.ranges.get(index).cloned() {
            if taken.start >= taken.end || range.end <= taken.start || taken.end <= range.start {
                index += 1;
                continue;
            }
            self.ranges.remove(index);
            for rest in [range.start..taken.start, taken.end..range.end] {
                if rest.start < rest.end {
                    match self.insert(index, rest) {
                        Ok(()) => index += 1,
                        full => outcome = full,
                    }
                }
            }
        }
        outcome
    }

    /// Shrinks every range to multiples of `block`, a power of two: a block that isn't wholly RAM isn't RAM.
    pub fn align_inward(&mut self, block: u64) {
        for range in &mut self.ranges {
            let start = range.start.checked_next_multiple_of(block).unwrap_or(range.end);
            *range = start..(range.end & !(block - 1)).max(start);
        }
        self.ranges.retain(|range| range.start < range.end);
    }

    fn insert(&mut self, index: usize, range: Range<u64>) -> Result<(), TooManyRanges> {
        self.ranges.insert(index, range).map_err(|_| TooManyRanges(N))
    }
}

impl<const N: usize> Default for RamMap<N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "a list of ranges may have one")]
mod tests {
    use super::*;

    fn map(ranges: &[Range<u64>]) -> RamMap<8> {
        let mut map = RamMap::new();
        for range in ranges {
            map.add(range.clone()).unwrap();
        }
        map
    }

    #[test]
    fn ranges_that_touch_become_one() {
        assert_eq!(map(&[0..10, 20..30, 10..20]).ranges(), [0..30]);
        assert_eq!(map(&[20..30, 0..5, 4..25]).ranges(), [0..30]);
        assert_eq!(map(&[20..30, 0..5]).ranges(), [0..5, 20..30]);
        assert!(map(&[7..7]).ranges().is_empty());
    }

    #[test]
    fn what_is_taken_is_gone() {
        let mut ram = map(&[0..100, 200..300]);
        ram.remove(40..60).unwrap();
        ram.remove(90..210).unwrap();
        ram.remove(500..600).unwrap();
        ram.remove(70..70).unwrap();
        assert_eq!(ram.ranges(), [0..40, 60..90, 210..300]);
        assert_eq!(ram.bytes(), 160);
        assert_eq!(ram.largest(), Some(210..300));
        ram.remove(0..u64::MAX).unwrap();
        assert_eq!(ram.largest(), None);
    }

    #[test]
    fn a_full_map_loses_ram_rather_than_keep_what_is_taken() {
        let mut ram = RamMap::<1>::new();
        ram.add(0..100).unwrap();
        assert_eq!(ram.add(200..300), Err(TooManyRanges(1)));
        assert_eq!(ram.remove(40..60), Err(TooManyRanges(1)));
        assert_eq!(ram.ranges(), [0..40]);
    }

    #[test]
    fn blocks_are_whole() {
        let mut ram = map(&[1..100, 120..130, 200..263, u64::MAX - 3..u64::MAX]);
        ram.align_inward(64);
        assert!(ram.ranges().is_empty());
        let mut ram = map(&[1..200, 256..512]);
        ram.align_inward(64);
        assert_eq!(ram.ranges(), [64..192, 256..512]);
    }
}
