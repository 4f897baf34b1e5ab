//! A section: a stretch of RAM of one zone with its own free lists and its own entries.
//!
//! Its frames are in three parts: the first hold the section's entries, the next are runs that are free or taken, the
//! last have never been looked at. So a section costs nothing before it is used, however large it is, and RAM that the
//! live tree made up is found out before anybody gets it.

use core::ops::Range;

use super::entry::{Entry, Index, NONE};
use super::order::{Order, buddy};
use super::{FRAME, Ram};

/// The most bytes that a section's entries can number.
pub(super) const BYTES_MAX: u64 = FRAME << 26;

/// See the module.
#[derive(Debug)]
pub(super) struct Section<'m> {
    /// The first frame's address, a multiple of 2 MiB.
    base: u64,
    /// The first frame's number modulo the largest run, so that `index + skew` is as aligned as the address.
    skew: u32,
    /// The first frame behind the entries.
    first: Index,
    /// The first frame that nobody ever had.
    fresh: Index,
    /// The first frame that wasn't tried.
    untried: Index,
    /// The frame behind the last; less than there were once one didn't keep what was written.
    end: Index,
    entries: &'m mut [Entry],
    /// The first free run of each order.
    heads: [Index; Order::COUNT],
    /// Bit n: there is a free run of order n.
    available: u32,
    /// Frames in free runs.
    free: u32,
}

/// RAM that isn't there: the first address that shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Absent(pub(super) u64);

impl<'m> Section<'m> {
    /// A section on `range`, whose ends are multiples of 2 MiB: its entries take the first frames.
    pub(super) fn open(range: Range<u64>, ram: &mut impl Ram<'m>) -> Result<Self, Absent> {
        let end = ((range.end - range.start) / FRAME) as Index;
        let first = (u64::from(end) * size_of::<Entry>() as u64).div_ceil(FRAME) as Index;
        let skew = (range.start / FRAME) as u32 & (Order::LARGEST.frames() - 1);
        let mut section = Self {
            base: range.start,
            skew,
            first,
            fresh: first,
            untried: 0,
            end,
            entries: &mut [],
            heads: [NONE; Order::COUNT],
            available: 0,
            free: 0,
        };
        section.attempt(first, ram)?;
        section.entries = ram.entries(range.start, end as usize);
        Ok(section)
    }

    /// A run of `order`, all of it in `within`; an address that isn't RAM ends the section there.
    pub(super) fn take(
        &mut self,
        order: Order,
        within: &Range<u64>,
        ram: &mut impl Ram<'m>,
    ) -> Result<Option<u64>, Absent> {
        if within.start <= self.base && self.end() <= within.end {
            self.take_any(order, ram)
        } else {
            self.take_in(order, within, ram)
        }
    }

    fn take_any(&mut self, order: Order, ram: &mut impl Ram<'m>) -> Result<Option<u64>, Absent> {
        while self.available >> order.get() == 0 {
            if !self.refill(order, ram)? {
                return Ok(None);
            }
        }
        let level = order.get() + (self.available >> order.get()).trailing_zeros() as u8;
        let frame = self.heads.get(usize::from(level)).copied().unwrap_or(NONE);
        let Some(size) = Order::new(level).filter(|size| self.entry(frame).is_free(*size)) else { return Ok(None) };
        Ok(Some(self.cut(frame, size, frame, order)))
    }

    /// Looks at one free run after the other, as far as there are any that `within` doesn't end before.
    fn take_in(&mut self, order: Order, within: &Range<u64>, ram: &mut impl Ram<'m>) -> Result<Option<u64>, Absent> {
        loop {
            if let Some((frame, size, at)) = self.find(order, within) {
                return Ok(Some(self.cut(frame, size, at, order)));
            }
            let is_behind = self.address(self.fresh) >= within.end;
            if is_behind || !self.refill(order, ram)? {
                return Ok(None);
            }
        }
    }

    /// A free run, its size, and where in it a run of `order` is in `within`; of the smallest that has one.
    fn find(&self, order: Order, within: &Range<u64>) -> Option<(Index, Order, Index)> {
        let sizes = (order.get()..).map_while(Order::new);
        sizes.flat_map(|size| self.runs(size).map(move |frame| (frame, size))).find_map(|(frame, size)| {
            let run = self.address(frame)..self.address(frame) + size.bytes();
            let start = run.start.max(within.start).checked_next_multiple_of(order.bytes())?;
            let fits = start.checked_add(order.bytes()).is_some_and(|end| end <= run.end.min(within.end));
            fits.then(|| (frame, size, self.index(start).unwrap_or(frame)))
        })
    }

    /// The free runs of `size`.
    fn runs(&self, size: Order) -> impl Iterator<Item = Index> {
        let next = move |frame: Index| Some(frame).filter(|frame| self.entry(*frame).is_free(size));
        let head = self.heads.get(usize::from(size.get())).copied().and_then(next);
        core::iter::successors(head, move |frame| next(self.entry(*frame).next()))
    }

    /// Takes the run of `order` at `at` out of the free run of `size` at `frame`; its address.
    fn cut(&mut self, mut frame: Index, mut size: Order, at: Index, order: Order) -> u64 {
        self.unlink(frame, size);
        while size > order
            && let Some(half) = size.down()
        {
            let upper = frame + half.frames();
            let (kept, other) = if at < upper { (frame, upper) } else { (upper, frame) };
            self.link(other, half);
            (frame, size) = (kept, half);
        }
        self.set(frame, Entry::taken(order));
        self.free -= order.frames();
        self.address(frame)
    }

    /// Takes a run back; false where it isn't one that `take` gave.
    pub(super) fn give(&mut self, address: u64, order: Order) -> bool {
        let Some(frame) = self.index(address) else { return false };
        if self.entry(frame) != Entry::taken(order) || !(self.first..self.fresh).contains(&frame) {
            return false;
        }
        self.set(frame, Entry::INSIDE);
        self.insert(frame, order);
        true
    }

    /// Whether an address lies in it.
    pub(super) fn contains(&self, address: u64) -> bool {
        self.index(address).is_some()
    }

    /// The first frame's address.
    pub(super) fn base(&self) -> u64 {
        self.base
    }

    /// What lies behind the last frame.
    pub(super) fn end(&self) -> u64 {
        self.address(self.end)
    }

    /// Bytes that can be had, the fresh ones included.
    pub(super) fn free_bytes(&self) -> u64 {
        u64::from(self.free + (self.end - self.fresh)) * FRAME
    }

    /// Bytes of all frames, those with the entries included.
    pub(super) fn bytes(&self) -> u64 {
        u64::from(self.end) * FRAME
    }

    fn address(&self, frame: Index) -> u64 {
        self.base + u64::from(frame) * FRAME
    }

    fn index(&self, address: u64) -> Option<Index> {
        let frame = address.checked_sub(self.base)? / FRAME;
        (frame < u64::from(self.end)).then_some(frame as Index)
    }

    /// Makes free runs of fresh frames, 2 MiB or what `order` needs; false where too few are left.
    fn refill(&mut self, order: Order, ram: &mut impl Ram<'m>) -> Result<bool, Absent> {
        let size = order.max(Order::BLOCK).frames();
        let align = |to: u32| (self.fresh + self.skew).next_multiple_of(to) - self.skew;
        let block = align(Order::BLOCK.frames());
        let upto = match align(size) + size {
            // What the entries left of their last block may do.
            _ if block > self.fresh && order < Order::BLOCK => block,
            end if end <= self.end => end,
            // It may do joined with what was given back.
            _ if self.fresh < self.end => self.end,
            _ => return Ok(false),
        };
        self.attempt(upto, ram)?;
        while self.fresh < upto {
            let (frame, room) = (self.fresh, upto - self.fresh);
            let run = Order::fitting(frame + self.skew, room);
            self.fresh += run.frames();
            self.free += run.frames();
            self.merge(frame, run);
        }
        Ok(true)
    }

    /// Tries the blocks up to `upto` that weren't tried yet.
    fn attempt(&mut self, upto: Index, ram: &mut impl Ram<'m>) -> Result<(), Absent> {
        while self.untried < upto {
            let start = self.base + u64::from(self.untried) * FRAME;
            if let Some(address) = ram.forgets(start..start + Order::BLOCK.bytes()) {
                self.end = self.untried.max(self.fresh);
                return Err(Absent(address));
            }
            self.untried += Order::BLOCK.frames();
        }
        Ok(())
    }

    fn insert(&mut self, frame: Index, order: Order) {
        self.free += order.frames();
        self.merge(frame, order);
    }

    /// Adds a free run, joined with its buddy as long as that is free and whole too.
    fn merge(&mut self, mut frame: Index, mut order: Order) {
        while let Some(larger) = order.up() {
            let Some(other) = buddy(frame + self.skew, order).checked_sub(self.skew) else { break };
            // Outside these bounds entries were never written. Inside, every run's first one was, and a run of this
            // order that starts at `other` can't be a part of a larger one without `frame`.
            let known = other >= self.first && other + order.frames() <= self.fresh;
            if !known || !self.entry(other).is_free(order) {
                break;
            }
            self.unlink(other, order);
            self.set(frame.max(other), Entry::INSIDE);
            (frame, order) = (frame.min(other), larger);
        }
        self.link(frame, order);
    }

    /// Puts a free run at the head of its list.
    fn link(&mut self, frame: Index, order: Order) {
        let Some(head) = self.heads.get_mut(usize::from(order.get())) else { return };
        let next = core::mem::replace(head, frame);
        self.available |= 1 << order.get();
        self.set(frame, Entry::free(order, NONE, next));
        if next != NONE {
            self.set(next, self.entry(next).with_prev(frame));
        }
    }

    /// Takes a free run out of its list.
    fn unlink(&mut self, frame: Index, order: Order) {
        let entry = self.entry(frame);
        let (prev, next) = (entry.prev(), entry.next());
        if next != NONE {
            self.set(next, self.entry(next).with_prev(prev));
        }
        if prev != NONE {
            self.set(prev, self.entry(prev).with_next(next));
        } else if let Some(head) = self.heads.get_mut(usize::from(order.get())) {
            *head = next;
            if next == NONE {
                self.available &= !(1 << order.get());
            }
        }
    }

    fn entry(&self, frame: Index) -> Entry {
        self.entries.get(frame as usize).copied().unwrap_or(Entry::INSIDE)
    }

    fn set(&mut self, frame: Index, entry: Entry) {
        if let Some(place) = self.entries.get_mut(frame as usize) {
            *place = entry;
        }
    }
}
