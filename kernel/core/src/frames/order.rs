//! Sizes of runs of frames, and the arithmetic of buddies.

use super::FRAME;

/// log2 of a run's frames, at most [`Order::LARGEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order(u8);

impl Order {
    /// One frame.
    pub const FRAME: Self = Self(0);
    /// 2 MiB, what an entry of a level 2 table maps.
    pub const BLOCK: Self = Self(9);
    /// The largest run there is, 128 MiB.
    pub const LARGEST: Self = Self(15);
    /// How many orders there are.
    pub(super) const COUNT: usize = Self::LARGEST.0 as usize + 1;

    /// `None` above [`Order::LARGEST`].
    pub const fn new(order: u8) -> Option<Self> {
        if order <= Self::LARGEST.0 { Some(Self(order)) } else { None }
    }

    /// The smallest run of at least `bytes`; `None` where none is large enough.
    pub const fn of_bytes(bytes: u64) -> Option<Self> {
        if bytes > Self::LARGEST.bytes() {
            return None;
        }
        Some(Self(bytes.div_ceil(FRAME).next_power_of_two().trailing_zeros() as u8))
    }

    /// log2 of its frames.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Frames of a run.
    pub const fn frames(self) -> u32 {
        1 << self.0
    }

    /// Bytes of a run.
    pub const fn bytes(self) -> u64 {
        FRAME << self.0
    }

    /// The next larger one; `None` for the largest.
    pub(super) const fn up(self) -> Option<Self> {
        Self::new(self.0 + 1)
    }

    /// The next smaller one; `None` for a frame.
    pub(super) const fn down(self) -> Option<Self> {
        match self.0.checked_sub(1) {
            Some(order) => Some(Self(order)),
            None => None,
        }
    }

    /// The largest order that a run at the frame number `at` may have and that leaves it within `room` frames. `room` isn't 0.
    pub(super) const fn fitting(at: u32, room: u32) -> Self {
        let (aligned, fits) = (at.trailing_zeros(), room.ilog2());
        let order = if aligned < fits { aligned } else { fits };
        if order < Self::LARGEST.0 as u32 { Self(order as u8) } else { Self::LARGEST }
    }
}

/// The frame number of the other half of the run of twice the size. `at` is a multiple of the order's frames.
pub(super) const fn buddy(at: u32, order: Order) -> u32 {
    at ^ order.frames()
}

/// What is promised of [`buddy`], for the tests and for Kani: a neighbour whose buddy is oneself, and both are the halves of a run of the
/// next order.
#[cfg(any(test, kani))]
fn are_halves(at: u32, order: u8) -> bool {
    let (Some(order), Some(whole)) = (Order::new(order), Order::new(order + 1)) else { return false };
    let at = at & !(order.frames() - 1);
    let other = buddy(at, order);
    let start = if at < other { at } else { other };
    buddy(other, order) == at && at.abs_diff(other) == order.frames() && start.is_multiple_of(whole.frames())
}

/// What is promised of [`Order::fitting`]: a run that is aligned and has room, and none larger is both.
#[cfg(any(test, kani))]
fn is_largest(at: u32, room: u32) -> bool {
    let fits = |order: Order| at.is_multiple_of(order.frames()) && order.frames() <= room;
    let order = Order::fitting(at, room);
    fits(order) && order.up().is_none_or(|larger| !fits(larger))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_round_up() {
        let orders = [0, 1, 4096, 4097, 2 << 20, (2 << 20) + 1, 128 << 20].map(|bytes| Order::of_bytes(bytes).unwrap());
        assert_eq!(orders.map(Order::get), [0, 0, 0, 1, 9, 10, 15]);
        assert_eq!(Order::of_bytes((128 << 20) + 1), None);
        assert_eq!((Order::of_bytes(u64::MAX), Order::new(16)), (None, None));
    }

    #[test]
    fn runs_are_aligned_to_their_size() {
        assert_eq!(Order::fitting(6, 100).get(), 1);
        assert_eq!(Order::fitting(8, 7).get(), 2);
        assert_eq!(Order::fitting(0, u32::MAX), Order::LARGEST);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn two_buddies_are_the_next_larger_run(at in 0u32..1 << 28, order in 0u8..15) {
            prop_assert!(are_halves(at, order));
        }

        #[test]
        fn the_run_that_fits_is_the_largest(at: u32, room in 1u32..) {
            prop_assert!(is_largest(at, room));
        }
    }
}

#[cfg(kani)]
mod proofs {
    #[kani::proof]
    fn two_buddies_are_the_next_larger_run() {
        let order: u8 = kani::any();
        kani::assume(order < 15);
        assert!(super::are_halves(kani::any(), order));
    }

    #[kani::proof]
    fn the_run_that_fits_is_the_largest() {
        let room: u32 = kani::any();
        kani::assume(room > 0);
        assert!(super::is_largest(kani::any(), room));
    }
}
