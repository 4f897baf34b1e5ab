//! The threads of a core that wake at a time: a binary heap, earliest first.

use super::ThreadId;

/// See the module. `N` is the size of the table of threads, a power of two; a thread is in it at most once. Times are whatever
/// the caller counts in.
#[derive(Debug)]
pub struct Timers<const N: usize> {
    len: usize,
    /// The heap: no entry is earlier than the one at half its index (counted from 1).
    heap: [Entry; N],
    /// Where in the heap a thread is, plus one; 0: nowhere.
    places: [u16; N],
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    at: u64,
    thread: u16,
}

impl<const N: usize> Timers<N> {
    /// Nobody waits. All zeroes.
    pub const fn new() -> Self {
        Self { len: 0, heap: [Entry { at: 0, thread: 0 }; N], places: [0; N] }
    }

    /// How many wait.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Nobody waits.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// When the first one wakes.
    #[inline(always)]
    pub fn next(&self) -> Option<u64> {
        if self.len == 0 { None } else { Some(self.heap[0].at) }
    }

    /// `thread`, which isn't waiting, wakes at `at`.
    #[inline(always)]
    pub fn insert(&mut self, thread: ThreadId, at: u64) {
        // Cannot be full: there are no more than N threads, each at most once.
        if self.len < N {
            self.len += 1;
            self.rise(self.len - 1, Entry { at, thread: thread.place::<N>() as u16 });
        }
    }

    /// Takes out one whose time has come, the earliest first.
    #[inline(always)]
    pub fn pop_due(&mut self, now: u64) -> Option<ThreadId> {
        let first = self.heap[0];
        if self.len == 0 || first.at > now {
            return None;
        }
        self.take_out(0);
        Some(ThreadId(first.thread))
    }

    /// `thread` doesn't wait for its time any more; false if it didn't.
    #[inline(always)]
    pub fn remove(&mut self, thread: ThreadId) -> bool {
        let place = usize::from(self.places[thread.place::<N>()]);
        if place == 0 {
            return false;
        }
        self.take_out(place - 1);
        true
    }

    fn take_out(&mut self, index: usize) {
        let index = index & (N - 1);
        self.places[usize::from(self.heap[index].thread) & (N - 1)] = 0;
        self.len -= 1;
        let last = self.heap[self.len & (N - 1)];
        if index == self.len {
            return;
        }
        // The last one takes the place, and goes up or down from there.
        if index > 0 && last.at < self.heap[(index - 1) / 2].at {
            self.rise(index, last);
        } else {
            self.sink(index, last);
        }
    }

    /// Puts `entry` at `index` or as far above as it is earlier.
    fn rise(&mut self, mut index: usize, entry: Entry) {
        while index > 0 {
            let above = (index - 1) / 2;
            if self.heap[above & (N - 1)].at <= entry.at {
                break;
            }
            self.put(index, self.heap[above & (N - 1)]);
            index = above;
        }
        self.put(index, entry);
    }

    /// Puts `entry` at `index` or as far below as it is later.
    fn sink(&mut self, mut index: usize, entry: Entry) {
        loop {
            let mut below = 2 * index + 1;
            if below >= self.len {
                break;
            }
            if below + 1 < self.len && self.heap[(below + 1) & (N - 1)].at < self.heap[below & (N - 1)].at {
                below += 1;
            }
            if entry.at <= self.heap[below & (N - 1)].at {
                break;
            }
            self.put(index, self.heap[below & (N - 1)]);
            index = below;
        }
        self.put(index, entry);
    }

    #[inline(always)]
    fn put(&mut self, index: usize, entry: Entry) {
        self.heap[index & (N - 1)] = entry;
        self.places[usize::from(entry.thread) & (N - 1)] = index as u16 + 1;
    }
}

impl<const N: usize> Default for Timers<N> {
    fn default() -> Self {
        Self::new()
    }
}
