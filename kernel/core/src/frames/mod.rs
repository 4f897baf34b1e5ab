//! The frame allocator: physical memory in runs of 2^n frames of 4 KiB.
//!
//! - [`FrameAllocator`]: all free RAM of the machine, by [`Zone`].
//! - [`Frames`]: a run that someone has, by value: it can't be given back twice.
//! - [`Order`]: a run's size.
//! - [`Ram`]: what the allocator needs of the machine: where RAM is tried, and where its notes lie.
//! - `section`: a stretch of one zone, with the buddy system itself (Knuth, The Art of Computer Programming 1, 2.5).
//!
//! Nothing is prepared when it starts. RAM stays a list of ranges until somebody wants frames; then one section after the
//! other is opened, and in it one block of 2 MiB after the other is tried and cut up.

mod entry;
mod order;
mod section;
mod zone;

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "RAM may be one range")]
mod tests;

use core::ops::Range;

pub use entry::Entry;
pub use order::Order;
pub use zone::Zone;

use crate::ram::RamMap;
use section::{BYTES_MAX, Section};

/// Bytes of a frame.
pub const FRAME: u64 = 4096;
/// Separate ranges of RAM that are kept apart.
pub const RANGES: usize = 32;
/// Sections at most; with more RAM they are larger.
const SECTIONS: usize = 32;
/// A section, unless there is much RAM: its entries then have 2 MiB.
const SECTION: u64 = 1 << 30;

/// Why RAM isn't handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeftOut {
    /// It isn't memory.
    #[error("{0:#x} doesn't keep what is written")]
    Forgets(u64),
    /// It is in too many pieces.
    #[error("RAM is in more than {SECTIONS} pieces")]
    NoSection,
}

/// What the allocator needs of the machine.
pub trait Ram<'m> {
    /// The first address of `block`, of 2 MiB, that doesn't keep what is written; `None` where all do that were tried.
    /// Nothing in the block is in use yet.
    fn forgets(&mut self, block: Range<u64>) -> Option<u64>;

    /// `count` entries from the physical address `at` on, which `forgets` found good. Asked for once for each address, and the
    /// allocator never hands these frames out. What the entries hold doesn't matter.
    fn entries(&mut self, at: u64, count: usize) -> &'m mut [Entry];

    /// `range` is never handed out.
    fn left_out(&mut self, range: Range<u64>, why: LeftOut);
}

/// A run of frames that its holder alone uses.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "frames that nobody gives back are lost"]
pub struct Frames {
    base: u64,
    order: Order,
}

/// Why there are no frames, or why they weren't taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// No run of the size is free.
    #[error("no {} KiB of RAM in one piece are free{}", size >> 10, zone.limit())]
    Exhausted {
        /// The bytes that were asked for.
        size: u64,
        /// The highest zone that would have done.
        zone: Zone,
    },
    /// No run is as large as this.
    #[error("{0} bytes are more than a run of frames has")]
    TooLarge(u64),
    /// What was given back isn't a run of this allocator.
    #[error("{0:#x} is no run of frames that was handed out")]
    Foreign(u64),
}

/// What a zone has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Bytes of RAM, the allocator's own entries included.
    pub total: u64,
    /// Bytes that can still be had.
    pub free: u64,
}

/// All free RAM of the machine.
#[derive(Debug)]
pub struct FrameAllocator<'m> {
    /// RAM that is in no section yet.
    untouched: RamMap<RANGES>,
    sections: heapless::Vec<Section<'m>, SECTIONS>,
    /// Bytes of a section, a power of two; 0 before the start.
    section: u64,
    /// Requests that couldn't be satisfied.
    failures: u64,
}

impl Frames {
    /// The run that someone let go of without giving it back, to be given back now. One that isn't is refused then.
    pub const fn of_leaked(base: u64, order: Order) -> Self {
        Self { base, order }
    }

    /// The first frame's physical address, a multiple of the size.
    pub const fn base(&self) -> u64 {
        self.base
    }

    /// The size.
    pub const fn order(&self) -> Order {
        self.order
    }

    /// The physical addresses.
    pub const fn range(&self) -> Range<u64> {
        self.base..self.base + self.order.bytes()
    }
}

impl<'m> FrameAllocator<'m> {
    /// No RAM. All zeros, so that an image needs no bytes for it.
    pub const fn empty() -> Self {
        Self { untouched: RamMap::new(), sections: heapless::Vec::new(), section: 0, failures: 0 }
    }

    /// Starts on `free`, RAM without an owner. Blocks of 2 MiB that aren't wholly in it are left out.
    pub fn start(&mut self, mut free: RamMap<RANGES>) {
        free.align_inward(Order::BLOCK.bytes());
        let share = (free.bytes() / (SECTIONS as u64 / 2)).min(BYTES_MAX).next_power_of_two();
        self.section = share.max(SECTION);
        self.untouched = free;
    }

    /// A run of `order` that `zone` or one below it has.
    pub fn alloc(&mut self, order: Order, zone: Zone, ram: &mut impl Ram<'m>) -> Result<Frames, FrameError> {
        self.alloc_within(order, &(0..zone.addresses().end), ram)
    }

    /// A run of `order` whose every address is in `within`, from the highest zone that has one.
    pub fn alloc_within(
        &mut self,
        order: Order,
        within: &Range<u64>,
        ram: &mut impl Ram<'m>,
    ) -> Result<Frames, FrameError> {
        for zone in Zone::ALL.into_iter().filter(|zone| zone.addresses().start < within.end) {
            if let Some(base) = self.alloc_in(zone, order, within, ram) {
                return Ok(Frames { base, order });
            }
        }
        self.failures += 1;
        Err(FrameError::Exhausted { size: order.bytes(), zone: Zone::holding(within) })
    }

    /// Takes a run back.
    pub fn free(&mut self, frames: Frames) -> Result<(), FrameError> {
        let Frames { base, order } = frames;
        let section = self.sections.iter_mut().find(|section| section.contains(base));
        if section.is_some_and(|section| section.give(base, order)) { Ok(()) } else { Err(FrameError::Foreign(base)) }
    }

    /// What `zone` has, without the zones below it.
    pub fn usage(&self, zone: Zone) -> Usage {
        let mut usage = Usage::default();
        for section in self.sections.iter().filter(|section| zone.addresses().contains(&section.base())) {
            usage.total += section.bytes();
            usage.free += section.free_bytes();
        }
        for range in self.untouched.ranges() {
            let bytes = intersection(range, &zone.addresses()).map_or(0, |part| part.end - part.start);
            usage.total += bytes;
            usage.free += bytes;
        }
        usage
    }

    /// How often there was no run.
    pub fn failures(&self) -> u64 {
        self.failures
    }

    fn alloc_in(&mut self, zone: Zone, order: Order, within: &Range<u64>, ram: &mut impl Ram<'m>) -> Option<u64> {
        for index in 0.. {
            if index == self.sections.len() && !self.open(zone, ram) {
                break;
            }
            let Some(section) = self.sections.get_mut(index) else { break };
            let end = section.end();
            if !zone.addresses().contains(&section.base()) || section.base() >= within.end || end <= within.start {
                continue;
            }
            match section.take(order, within, ram) {
                Ok(Some(base)) => return Some(base),
                Ok(None) => {}
                Err(section::Absent(address)) => {
                    let lost = section.end()..end;
                    self.leave_out(lost, address, ram);
                }
            }
        }
        None
    }

    /// Makes a section of RAM of `zone`; false where there is none left.
    fn open(&mut self, zone: Zone, ram: &mut impl Ram<'m>) -> bool {
        let of_zone = |range: &Range<u64>| intersection(range, &zone.addresses());
        while let Some(part) = self.untouched.ranges().iter().find_map(of_zone) {
            let limit = (part.start | (self.section - 1)).saturating_add(1);
            let part = part.start..part.end.min(limit);
            // Cannot fail: the start of a range leaves it, nothing splits.
            let _ = self.untouched.remove(part.clone());
            if self.sections.is_full() {
                ram.left_out(part, LeftOut::NoSection);
                continue;
            }
            match Section::open(part.clone(), ram) {
                // Cannot fail: there is room.
                Ok(section) => return self.sections.push(section).is_ok(),
                Err(section::Absent(address)) => self.leave_out(part, address, ram),
            }
        }
        false
    }

    /// `lost` isn't RAM, nor is what follows it without a gap: the tree named both in one breath.
    fn leave_out(&mut self, lost: Range<u64>, address: u64, ram: &mut impl Ram<'m>) {
        let tail = self.untouched.ranges().iter().find(|range| range.start == lost.end).cloned();
        let end = tail.map_or(lost.end, |tail| tail.end);
        // Cannot fail: a whole range leaves the map.
        let _ = self.untouched.remove(lost.start..end);
        ram.left_out(lost.start..end, LeftOut::Forgets(address));
    }
}

fn intersection(a: &Range<u64>, b: &Range<u64>) -> Option<Range<u64>> {
    let both = a.start.max(b.start)..a.end.min(b.end);
    (both.start < both.end).then_some(both)
}
