//! The threads that are ready on a core: a list for each priority, first in, first out.

use super::{Priority, ThreadId};

const LEVELS: usize = Priority::COUNT;

/// See the module. `N` is the size of the table of threads, a power of two; a thread is in the queue at most once.
#[derive(Debug)]
pub struct RunQueue<const N: usize> {
    /// A bit for each priority whose list isn't empty; what `heads` and `tails` have for the others means nothing.
    ready: u32,
    heads: [u16; LEVELS],
    tails: [u16; LEVELS],
    /// Who comes after a thread in its list; the last one's means nothing.
    next: [u16; N],
}

impl<const N: usize> RunQueue<N> {
    /// Nobody is ready. All zeroes.
    pub const fn new() -> Self {
        Self { ready: 0, heads: [0; LEVELS], tails: [0; LEVELS], next: [0; N] }
    }

    /// How many are ready; counted one by one.
    pub fn len(&self) -> usize {
        (0..LEVELS).map(|level| self.list(level).count()).sum()
    }

    /// Whether anybody ready is so; asked one by one, highest priority first.
    pub fn any(&self, is_so: impl Fn(ThreadId) -> bool) -> bool {
        (0..LEVELS).rev().any(|level| self.list(level).any(&is_so))
    }

    /// Those of a priority, first to last.
    fn list(&self, level: usize) -> impl Iterator<Item = ThreadId> {
        let first = (self.ready >> level & 1 != 0).then_some(ThreadId(self.heads[level]));
        core::iter::successors(first, move |thread| {
            (thread.0 != self.tails[level]).then(|| ThreadId(self.next[thread.place::<N>()]))
        })
    }

    /// Nobody is ready.
    #[inline(always)]
    pub const fn is_empty(&self) -> bool {
        self.ready == 0
    }

    /// The highest priority that somebody ready has.
    #[inline(always)]
    pub const fn highest(&self) -> Option<Priority> {
        if self.ready == 0 { None } else { Some(Priority(31 - self.ready.leading_zeros() as u8)) }
    }

    /// Whether somebody of this priority or a higher one is ready.
    #[inline(always)]
    pub const fn has_at_least(&self, priority: Priority) -> bool {
        self.ready >> level(priority) != 0
    }

    /// `thread` is ready, behind all others of its priority.
    #[inline(always)]
    pub fn push_back(&mut self, thread: ThreadId, priority: Priority) {
        let level = level(priority);
        if self.ready & 1 << level == 0 {
            self.ready |= 1 << level;
            self.heads[level] = thread.0;
        } else {
            let tail = ThreadId(self.tails[level]);
            self.next[tail.place::<N>()] = thread.0;
        }
        self.tails[level] = thread.0;
    }

    /// `thread` is ready, before all others of its priority: it was interrupted in the middle of its turn.
    pub fn push_front(&mut self, thread: ThreadId, priority: Priority) {
        let level = level(priority);
        if self.ready & 1 << level == 0 {
            self.ready |= 1 << level;
            self.tails[level] = thread.0;
        } else {
            self.next[thread.place::<N>()] = self.heads[level];
        }
        self.heads[level] = thread.0;
    }

    /// Takes out who is next: the first of the highest priority.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<ThreadId> {
        let level = level(self.highest()?);
        let first = ThreadId(self.heads[level]);
        if first.0 == self.tails[level] {
            self.ready &= !(1 << level);
        } else {
            self.heads[level] = self.next[first.place::<N>()];
        }
        Some(first)
    }

    /// `thread`, which runs, goes behind those of its priority; the first of the highest priority comes out in its place, if
    /// that isn't less than the thread's own.
    #[inline(always)]
    pub fn rotate(&mut self, thread: ThreadId, priority: Priority) -> Option<ThreadId> {
        let highest = self.highest().filter(|highest| *highest >= priority)?;
        if highest > priority {
            self.push_back(thread, priority);
            return self.pop();
        }
        let level = level(priority);
        let first = ThreadId(self.heads[level]);
        self.next[ThreadId(self.tails[level]).place::<N>()] = thread.0;
        self.tails[level] = thread.0;
        self.heads[level] = self.next[first.place::<N>()];
        Some(first)
    }

    /// Takes `thread` out of the list of `priority`; false if it isn't there.
    pub fn remove(&mut self, thread: ThreadId, priority: Priority) -> bool {
        self.take_from(level(priority), |candidate| candidate == thread).is_some()
    }

    /// Takes out the first that `may_go`, highest priority first.
    pub fn take(&mut self, mut may_go: impl FnMut(ThreadId) -> bool) -> Option<ThreadId> {
        (0..LEVELS).rev().find_map(|level| self.take_from(level, &mut may_go))
    }

    fn take_from(&mut self, level: usize, mut may_go: impl FnMut(ThreadId) -> bool) -> Option<ThreadId> {
        if self.ready & 1 << level == 0 {
            return None;
        }
        let (mut before, mut candidate) = (None, ThreadId(self.heads[level]));
        while !may_go(candidate) {
            if candidate.0 == self.tails[level] {
                return None;
            }
            before = Some(candidate);
            candidate = ThreadId(self.next[candidate.place::<N>()]);
        }
        self.unlink(level, before, candidate);
        Some(candidate)
    }

    fn unlink(&mut self, level: usize, before: Option<ThreadId>, thread: ThreadId) {
        let is_last = thread.0 == self.tails[level];
        match before {
            None if is_last => self.ready &= !(1 << level),
            None => self.heads[level] = self.next[thread.place::<N>()],
            Some(before) if is_last => self.tails[level] = before.0,
            Some(before) => self.next[before.place::<N>()] = self.next[thread.place::<N>()],
        }
    }
}

impl<const N: usize> Default for RunQueue<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// A priority as an index; the mask tells the compiler what `Priority` promises.
#[inline(always)]
const fn level(priority: Priority) -> usize {
    priority.0 as usize & (LEVELS - 1)
}
