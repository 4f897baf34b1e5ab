//! Bus addresses: `dma-ranges`, as a device sees it.

use core::ops::Range;

/// One row of `dma-ranges`: `size` bytes that the bus calls `bus` and the CPU calls `physical`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReachWindow {
    /// First bus address.
    pub bus: u64,
    /// The physical address behind it.
    pub physical: u64,
    /// Bytes.
    pub size: u64,
}

/// What a device can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach<'r> {
    windows: &'r [ReachWindow],
    /// Bits of an address that the device has.
    bits: u32,
}

impl<'r> Reach<'r> {
    /// All of memory, by its physical addresses.
    pub const ALL: Self = Self { windows: &[], bits: 64 };

    /// A bus' `dma-ranges`, and the width of the device's own address registers; no window means that bus addresses
    /// are physical ones.
    pub const fn new(windows: &'r [ReachWindow], bits: u32) -> Self {
        Self { windows, bits: if bits > 64 { 64 } else { bits } }
    }

    /// What the device calls `size` bytes at `physical`; `None` where it can't reach them all through one window.
    pub fn bus(&self, physical: u64, size: usize) -> Option<u64> {
        let last = physical.checked_add((size as u64).max(1) - 1)?;
        let bus = match self.windows {
            [] => physical,
            windows => {
                let offset = |window: &ReachWindow| physical.checked_sub(window.physical);
                let holds = |window: &&ReachWindow| offset(window).is_some() && last - window.physical < window.size;
                let window = windows.iter().find(holds)?;
                window.bus.checked_add(offset(window)?)?
            }
        };
        let last = bus.checked_add(last - physical)?;
        (last <= self.last()).then_some(bus)
    }

    /// The ranges of physical addresses that the device reaches, as far as they have an end that fits.
    pub fn physical(&self) -> impl Iterator<Item = Range<u64>> {
        let last = self.last();
        let identity = self.windows.is_empty().then_some(0..last.saturating_add(1));
        let windows = self.windows.iter().filter_map(move |window| {
            let size = window.size.min(last.checked_sub(window.bus)?.saturating_add(1));
            Some(window.physical..window.physical.saturating_add(size))
        });
        identity.into_iter().chain(windows).filter(|range| !range.is_empty())
    }

    /// The last bus address that the device has bits for.
    const fn last(&self) -> u64 {
        match 64u32.checked_sub(self.bits) {
            Some(unused) if unused < 64 => u64::MAX >> unused,
            _ => 0,
        }
    }
}

/// What is promised of [`Reach::bus`], for the tests and for Kani: all bytes lie in the window, at addresses that the device has.
#[cfg(any(test, kani))]
fn is_sound(window: ReachWindow, bits: u32, physical: u64, size: usize) -> bool {
    let Some(bus) = Reach::new(&[window], bits).bus(physical, size) else { return true };
    let (physical, bus, size) = (u128::from(physical), u128::from(bus), size.max(1) as u128);
    let (first, end) = (u128::from(window.physical), u128::from(window.physical) + u128::from(window.size));
    let inside = first <= physical && physical + size <= end;
    inside && bus - u128::from(window.bus) == physical - first && bus + size <= 1u128 << bits.min(64)
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "a list of ranges may have one")]
mod tests {
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    /// The Raspberry Pi 4's `soc` bus: RAM's first GiB at 0xc000_0000.
    const SOC: [ReachWindow; 1] = [ReachWindow { bus: 0xc000_0000, physical: 0, size: 0x4000_0000 }];

    #[test]
    fn bus_addresses_are_translated_and_bounded() {
        let soc = Reach::new(&SOC, 32);
        assert_eq!(soc.bus(0x1000, 0x1000), Some(0xc000_1000));
        assert_eq!(soc.bus(0x3fff_f000, 0x1000), Some(0xffff_f000));
        assert_eq!(soc.bus(0x3fff_f000, 0x1001), None);
        assert_eq!(soc.bus(0x4000_0000, 1), None);
        // It is the window that ends there, not the device's bits.
        let wide = Reach::new(&SOC, 64);
        assert_eq!(wide.bus(0x3fff_ffff, 1), Some(0xffff_ffff));
        assert_eq!((wide.bus(0x3fff_f000, 0x1001), wide.bus(0x4000_0000, 1)), (None, None));
        assert_eq!(soc.physical().collect::<Vec<_>>(), [0..0x4000_0000]);
    }

    #[test]
    fn a_device_of_few_bits_reaches_less_than_its_bus() {
        let wide = [ReachWindow { bus: 0, physical: 0x8000_0000, size: 1 << 40 }];
        let narrow = Reach::new(&wide, 32);
        assert_eq!(narrow.bus(0x8000_0000, 16), Some(0));
        assert_eq!(narrow.bus(0x1_7fff_fff0, 16), Some(0xffff_fff0));
        assert_eq!(narrow.bus(0x1_7fff_fff0, 17), None);
        assert_eq!(narrow.physical().collect::<Vec<_>>(), [0x8000_0000..0x1_8000_0000]);
        assert_eq!(Reach::new(&[], 0).bus(1, 1), None);
    }

    #[test]
    fn nothing_wraps() {
        assert_eq!(Reach::ALL.bus(u64::MAX, 1), Some(u64::MAX));
        assert_eq!(Reach::ALL.bus(u64::MAX, 2), None);
        let wrapping = [ReachWindow { bus: u64::MAX, physical: 0, size: u64::MAX }];
        assert_eq!(Reach::new(&wrapping, 64).bus(0, 1), Some(u64::MAX));
        assert_eq!(Reach::new(&wrapping, 64).bus(0, 2), None);
        assert_eq!(Reach::new(&wrapping, 64).bus(1, 1), None);
    }

    /// Any address, and those about the ends of 32 and of 64 bits more often.
    fn address() -> impl Strategy<Value = u64> {
        let about = |end: u64| (0..64u64).prop_map(move |offset| end.wrapping_add(offset).wrapping_sub(32));
        prop_oneof![any::<u64>(), about(0), about(1 << 32)]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_has_a_bus_address_is_within_reach(
            (bus, first, size) in (address(), address(), address()),
            bits in 0..=64u32,
            offset in 0..64u64,
            bytes in 0..64usize,
        ) {
            let window = ReachWindow { bus, physical: first, size };
            prop_assert!(is_sound(window, bits, first.wrapping_add(offset), bytes));
        }
    }
}

#[cfg(kani)]
mod proofs {
    use super::*;

    #[kani::proof]
    fn what_has_a_bus_address_is_within_reach() {
        let window = ReachWindow { bus: kani::any(), physical: kani::any(), size: kani::any() };
        let bits: u32 = kani::any();
        kani::assume(bits <= 64);
        assert!(is_sound(window, bits, kani::any(), kani::any()));
    }
}
