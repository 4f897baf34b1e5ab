//! Values in the units that people read them in.

use core::fmt;

/// An address in groups of four digits: `0x10_7d00_1000`.
#[derive(Debug, Clone, Copy)]
pub struct Address(pub u64);

/// A size: `256 KiB` where that is exact, else with a decimal, `1.5 MiB`.
#[derive(Debug, Clone, Copy)]
pub struct Bytes(pub u64);

/// A time: `12.3 us`, `1.234 ms`, `5.678 s`.
#[derive(Debug, Clone, Copy)]
pub struct Nanoseconds(pub u64);

/// A share: `12.5 %`.
#[derive(Debug, Clone, Copy)]
pub struct PerMille(pub u64);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut groups = [48, 32, 16, 0].map(|shift| (self.0 >> shift) & 0xffff).into_iter().peekable();
        while groups.next_if(|group| *group == 0).is_some() {}
        write!(f, "{:#x}", groups.next().unwrap_or(0))?;
        groups.try_for_each(|group| write!(f, "_{group:04x}"))
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
        let (mut unit, mut shift) = (None, 0);
        for name in UNITS {
            if self.0 >> shift < 1024 {
                break;
            }
            (unit, shift) = (Some(name), shift + 10);
        }
        let Some(unit) = unit else { return write!(f, "{} B", self.0) };
        let rest = self.0 & ((1 << shift) - 1);
        match rest {
            0 => write!(f, "{} {unit}", self.0 >> shift),
            _ => write!(f, "{}.{} {unit}", self.0 >> shift, (rest * 10) >> shift),
        }
    }
}

impl fmt::Display for Nanoseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0..1_000 => write!(f, "{} ns", self.0),
            1_000..1_000_000 => write!(f, "{}.{:03} us", self.0 / 1_000, self.0 % 1_000),
            1_000_000..1_000_000_000 => write!(f, "{}.{:03} ms", self.0 / 1_000_000, self.0 / 1_000 % 1_000),
            _ => write!(f, "{}.{:03} s", self.0 / 1_000_000_000, self.0 / 1_000_000 % 1_000),
        }
    }
}

impl PerMille {
    /// What share of `whole` `part` is; 0 of nothing.
    pub fn of(part: u64, whole: u64) -> Self {
        let share = (u128::from(part) * 1000).checked_div(whole.into()).unwrap_or(0);
        Self(u64::try_from(share).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for PerMille {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} %", self.0 / 10, self.0 % 10)
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn addresses_are_grouped() {
        let shown = [0, 0xfff, 0x900_0000, 0x10_7d00_1000, u64::MAX].map(|address| Address(address).to_string());
        assert_eq!(shown, ["0x0", "0xfff", "0x900_0000", "0x10_7d00_1000", "0xffff_ffff_ffff_ffff"]);
    }

    #[test]
    fn sizes_are_exact_or_have_one_decimal() {
        let shown = [0, 1023, 1024, 1536, 128 << 20, (4 << 30) + 1, u64::MAX].map(|bytes| Bytes(bytes).to_string());
        assert_eq!(shown, ["0 B", "1023 B", "1 KiB", "1.5 KiB", "128 MiB", "4.0 GiB", "16777215.9 TiB"]);
    }

    #[test]
    fn times_have_four_to_six_digits() {
        let shown = [0, 999, 12_345, 1_234_567, 61_000_000_000].map(|time| Nanoseconds(time).to_string());
        assert_eq!(shown, ["0 ns", "999 ns", "12.345 us", "1.234 ms", "61.000 s"]);
    }

    #[test]
    fn shares() {
        assert_eq!(PerMille::of(1, 3).to_string(), "33.3 %");
        assert_eq!(PerMille::of(1, 0).to_string(), "0.0 %");
    }
}
