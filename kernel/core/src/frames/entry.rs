//! What is noted of a frame: one word, whose bits may be anything until it is first written.

use super::order::Order;

/// A frame's number within its section. Sections have fewer than 2^28 frames.
pub(super) type Index = u32;

/// No frame: the end of a list.
pub(super) const NONE: Index = (1 << INDEX_BITS) - 1;
const INDEX_BITS: u32 = 28;

/// `next` in bits 0 to 27, `prev` in 28 to 55, the order in 56 to 60, the kind in 61 and 62.
///
/// Only the first frame of a run has an entry that says something; it is written when the run comes to be, so memory
/// that was never written is never believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Entry(u64);

const PREV: u32 = INDEX_BITS;
const ORDER: u32 = 2 * INDEX_BITS;
const KIND: u32 = 61;
const FREE: u64 = 1;
const TAKEN: u64 = 2;

impl Entry {
    /// Not the first frame of a run.
    pub const INSIDE: Self = Self(0);

    /// The first frame of a free run, between two others of its order.
    pub(super) const fn free(order: Order, prev: Index, next: Index) -> Self {
        Self(FREE << KIND | (order.get() as u64) << ORDER | (prev as u64) << PREV | next as u64)
    }

    /// The first frame of a run that someone has.
    pub(super) const fn taken(order: Order) -> Self {
        Self(TAKEN << KIND | (order.get() as u64) << ORDER)
    }

    /// Whether it starts a free run of `order`.
    pub(super) const fn is_free(self, order: Order) -> bool {
        self.0 >> ORDER == FREE << (KIND - ORDER) | order.get() as u64
    }

    pub(super) const fn next(self) -> Index {
        self.0 as Index & NONE
    }

    pub(super) const fn prev(self) -> Index {
        (self.0 >> PREV) as Index & NONE
    }

    pub(super) const fn with_next(self, next: Index) -> Self {
        Self(self.0 & !(NONE as u64) | next as u64)
    }

    pub(super) const fn with_prev(self, prev: Index) -> Self {
        Self(self.0 & !((NONE as u64) << PREV) | (prev as u64) << PREV)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_keeps_its_parts_apart() {
        let entry = Entry::free(Order::LARGEST, NONE, 5);
        assert_eq!((entry.prev(), entry.next()), (NONE, 5));
        let entry = entry.with_prev(7).with_next(NONE);
        assert_eq!((entry.prev(), entry.next()), (7, NONE));
        assert!(entry.is_free(Order::LARGEST) && !entry.is_free(Order::FRAME));
        assert!(!Entry::taken(Order::LARGEST).is_free(Order::LARGEST));
        assert!(!Entry::INSIDE.is_free(Order::FRAME));
    }
}
