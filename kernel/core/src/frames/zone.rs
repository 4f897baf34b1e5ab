//! Zones: how far up an address may be for a device to reach it.

use core::ops::Range;

/// A stretch of physical addresses; what asks for one is also served from those below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Zone {
    /// Below 1 GiB: the DMA controllers of the BCM2711 that reach no further.
    Low,
    /// Below 4 GiB: devices with 32 address bits.
    Dma32,
    /// Anywhere.
    Any,
}

impl Zone {
    /// All, from the one that is used up first: low memory is kept for those who need it.
    pub const ALL: [Self; 3] = [Self::Any, Self::Dma32, Self::Low];

    /// The addresses that are in it and in none below.
    pub const fn addresses(self) -> Range<u64> {
        match self {
            Self::Low => 0..1 << 30,
            Self::Dma32 => 1 << 30..1 << 32,
            Self::Any => 1 << 32..u64::MAX,
        }
    }

    /// The lowest zone below whose end `within` ends.
    pub(super) fn holding(within: &Range<u64>) -> Self {
        Self::ALL.into_iter().rev().find(|zone| within.end <= zone.addresses().end).unwrap_or(Self::Any)
    }

    /// Its limit behind a sentence; nothing where there is none.
    pub(super) const fn limit(self) -> &'static str {
        match self {
            Self::Low => " below 1 GiB",
            Self::Dma32 => " below 4 GiB",
            Self::Any => "",
        }
    }

    /// The addresses that are in it alone, in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "below 1 GiB",
            Self::Dma32 => "below 4 GiB",
            Self::Any => "above 4 GiB",
        }
    }
}
