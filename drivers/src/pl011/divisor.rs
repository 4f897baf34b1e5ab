//! The baud rate divisor.

use hardware::board::Hertz;

use crate::ConsoleError;

/// BAUDDIV = UARTCLK / (16 × baud rate), in 64ths (DDI 0183G, 3.3.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Divisor {
    /// For IBRD.
    pub(super) integer: u32,
    /// For FBRD, in 64ths.
    pub(super) fraction: u32,
}

impl Divisor {
    /// The nearest divisor. IBRD takes 1 to 65535, and FBRD must be 0 at 65535 (3.3.5).
    pub(super) fn new(clock: Hertz, rate: u32) -> Result<Self, ConsoleError> {
        let twice = clock.0.checked_mul(8).and_then(|clock| clock.checked_div(rate.into()));
        let rounded = twice.map(|twice| twice.div_ceil(2)).ok_or(ConsoleError::Baud)?;
        if !(1 << 6..=0xffff << 6).contains(&rounded) {
            return Err(ConsoleError::Baud);
        }
        Ok(Self { integer: (rounded >> 6) as u32, fraction: (rounded & 0x3f) as u32 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divisor(clock: u64, rate: u32) -> Option<(u32, u32)> {
        let divisor = Divisor::new(Hertz(clock), rate).ok()?;
        Some((divisor.integer, divisor.fraction))
    }

    #[test]
    fn the_manuals_example() {
        // DDI 0183G, 3.3.6: 4 MHz and 230400 baud give 1 and 5.
        assert_eq!(divisor(4_000_000, 230_400), Some((1, 5)));
    }

    #[test]
    fn common_rates() {
        assert_eq!(divisor(24_000_000, 115_200), Some((13, 1)));
        assert_eq!(divisor(48_000_000, 115_200), Some((26, 3)));
        assert_eq!(divisor(44_000_000, 115_200), Some((23, 56)));
    }

    #[test]
    fn the_range_ends_where_the_registers_do() {
        assert_eq!(divisor(16 * 65_535, 1), Some((65_535, 0)));
        assert_eq!(divisor(16 * 65_536, 1), None);
        assert_eq!(divisor(16, 1), Some((1, 0)));
        assert_eq!(divisor(15, 1), None);
        assert_eq!(divisor(0, 115_200), None);
        assert_eq!(divisor(24_000_000, 0), None);
        assert_eq!(divisor(u64::MAX, 1), None);
    }
}
