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

/// More ranges than the map holds; the smallest was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{start:#x} to {end:#x} is the smallest of more than {most} separate ranges")]
pub struct TooManyRanges {
    /// What the map holds.
    pub most: usize,
    /// The first address of what was left out.
    pub start: u64,
    /// The address behind its last.
    pub end: u64,
}

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
        self.insert(merged)
    }

    /// `taken` is someone else's, and leaves the map whatever happens.
    pub fn remove(&mut self, taken: Range<u64>) -> Result<(), TooManyRanges> {
        let mut outcome = Ok(());
        let shares = |range: &Range<u64>| range.start.max(taken.start) < range.end.min(taken.end);
        while let Some(index) = self.ranges.iter().position(shares) {
            let range = self.ranges.remove(index);
            for rest in [range.start..taken.start, taken.end..range.end] {
                if rest.start < rest.end {
                    // Only a range that is split needs one more place than before, and only one range can be.
                    outcome = outcome.and(self.insert(rest));
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

    /// Adds a range that touches no other. Of one too many the smallest goes: firmware that keeps many small pieces for itself
    /// mustn't cost the rest of RAM.
    fn insert(&mut self, range: Range<u64>) -> Result<(), TooManyRanges> {
        let mut outcome = Ok(());
        if self.ranges.is_full() {
            let size = |range: &Range<u64>| range.end - range.start;
            let smallest = self.ranges.iter().enumerate().min_by_key(|(_, range)| size(range));
            let smaller = smallest.filter(|(_, other)| size(other) < size(&range)).map(|(index, _)| index);
            let lost = smaller.map_or_else(|| range.clone(), |index| self.ranges.remove(index));
            outcome = Err(TooManyRanges { most: N, start: lost.start, end: lost.end });
            if lost == range {
                return outcome;
            }
        }
        let index = self.ranges.iter().take_while(|other| other.start < range.start).count();
        // Cannot fail: there is room.
        let _ = self.ranges.insert(index, range);
        outcome
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
    use std::vec::Vec;

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
    fn a_full_map_loses_the_least_ram_rather_than_keep_what_is_taken() {
        let lost = |most, range: Range<u64>| Err(TooManyRanges { most, start: range.start, end: range.end });
        let mut ram = RamMap::<1>::new();
        ram.add(0..100).unwrap();
        assert_eq!(ram.add(200..300), lost(1, 200..300));
        assert_eq!(ram.remove(40..60), lost(1, 60..100));
        assert_eq!(ram.add(200..241), lost(1, 0..40));
        assert_eq!(ram.ranges(), [200..241]);
        // Firmware's pages, one after the other, and most of RAM behind them.
        let mut ram = RamMap::<3>::new();
        ram.add(0..1000).unwrap();
        let outcomes: Vec<_> = (0..6).map(|page| ram.remove(page * 20..page * 20 + 10)).collect();
        let kept = [Ok(()), Ok(()), Ok(()), lost(3, 10..20), lost(3, 30..40), lost(3, 50..60)];
        assert_eq!(outcomes, kept);
        assert_eq!(ram.ranges(), [70..80, 90..100, 110..1000]);
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
