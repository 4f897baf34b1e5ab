//! How values look to people: addresses and sizes in groups of four digits, the GIC's names, hertz in thousands.

use core::fmt;

use super::{
    Board, Conduit, Confidence, Fact, Hertz, Interrupt, InterruptType, Line, Mpidr, Origin, Trigger, Value, Window,
};

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        grouped(f, self.base)?;
        f.write_str("+")?;
        grouped(f, self.size)
    }
}

impl fmt::Display for InterruptType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Spi => "SPI",
            Self::Ppi => "PPI",
            Self::Espi => "ESPI",
            Self::Eppi => "EPPI",
        })
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::EdgeRising => "edge-rising",
            Self::EdgeFalling => "edge-falling",
            Self::LevelHigh => "level-high",
            Self::LevelLow => "level-low",
            Self::Unspecified => "unspecified",
        })
    }
}

/// `SPI 121`; the alternate form adds the trigger, `SPI 121 level-high`.
impl fmt::Display for Interrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.number)?;
        if f.alternate() { write!(f, " {}", self.trigger) } else { Ok(()) }
    }
}

impl fmt::Display for Hertz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thousands(f, self.0)?;
        f.write_str(" Hz")
    }
}

impl fmt::Display for Mpidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

impl fmt::Display for Conduit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Hvc => "hvc",
            Self::Smc => "smc",
        })
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compatible(string) => f.write_str(string),
            Self::Window(window) => window.fmt(f),
            Self::Interrupt(interrupt) => interrupt.fmt(f),
            Self::Clock(rate) => rate.fmt(f),
            Self::Mpidr(mpidr) => mpidr.fmt(f),
            Self::Conduit(conduit) => conduit.fmt(f),
        }
    }
}

/// `boards/rpi5.toml:17`
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.number)
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// See [`Board::origin`].
pub(super) struct OriginOf {
    pub(super) board: &'static Board,
    pub(super) fact: &'static Fact,
}

impl fmt::Display for OriginOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { board, fact } = self;
        match fact.origin {
            Origin::Tree { property } => write!(f, "{} {} {property}", board.tree, board.place(fact).unwrap_or("?")),
            Origin::Variant(line) => line.fmt(f),
            Origin::Fix(fixed) => fixed.fix.line.fmt(f),
        }
    }
}

/// Hexadecimal with an underscore before every four digits: `0x10_7d00_1000`.
fn grouped(f: &mut fmt::Formatter<'_>, value: u64) -> fmt::Result {
    let groups = [value >> 48, (value >> 32) & 0xffff, (value >> 16) & 0xffff, value & 0xffff];
    let mut rest = groups.iter().skip_while(|group| **group == 0);
    match rest.next() {
        None => return f.write_str("0x0"),
        Some(first) => write!(f, "{first:#x}")?,
    }
    rest.try_for_each(|group| write!(f, "_{group:04x}"))
}

/// Decimal with an underscore before every three digits: `24_000_000`.
fn thousands(f: &mut fmt::Formatter<'_>, value: u64) -> fmt::Result {
    if value < 1000 {
        return write!(f, "{value}");
    }
    thousands(f, value / 1000)?;
    write!(f, "_{:03}", value % 1000)
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn addresses_are_grouped_from_the_right() {
        let shown = |base| Window { base, size: 0x200 }.to_string();
        assert_eq!(shown(0x10_7d00_1000), "0x10_7d00_1000+0x200");
        assert_eq!(shown(0x900_0000), "0x900_0000+0x200");
        assert_eq!(shown(0xfe), "0xfe+0x200");
        assert_eq!(shown(0), "0x0+0x200");
        assert_eq!(shown(0x1_0000_0000_0000), "0x1_0000_0000_0000+0x200");
        assert_eq!(Window { base: 0x80a_0000, size: 0xf6_0000 }.to_string(), "0x80a_0000+0xf6_0000");
    }

    #[test]
    fn rates_are_grouped_in_thousands() {
        assert_eq!(Hertz(0).to_string(), "0 Hz");
        assert_eq!(Hertz(1_000).to_string(), "1_000 Hz");
        assert_eq!(Hertz(24_000_005).to_string(), "24_000_005 Hz");
    }

    #[test]
    fn the_alternate_form_of_an_interrupt_has_its_trigger() {
        let line = Interrupt::spi(1, Trigger::LevelHigh);
        assert_eq!(line.to_string(), "SPI 1");
        assert_eq!(std::format!("{line:#}"), "SPI 1 level-high");
    }
}
