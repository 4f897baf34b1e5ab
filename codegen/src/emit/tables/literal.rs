//! Numbers as people write them.

use proc_macro2::Literal;

/// `0x10_7d00_1000`
pub(super) fn hex(value: u64) -> Literal {
    literal("0x", &format!("{value:x}"), 4)
}

/// `24_000_000`
pub(super) fn decimal(value: u64) -> Literal {
    literal("", &value.to_string(), 3)
}

/// `0b1_0110`
pub(super) fn binary(value: u64) -> Literal {
    literal("0b", &format!("{value:b}"), 4)
}

fn literal(prefix: &str, digits: &str, group: usize) -> Literal {
    let mut text = prefix.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(group) {
            text.push('_');
        }
        text.push(digit);
    }
    // Digits with underscores between them always are a literal.
    text.parse().unwrap_or_else(|_| Literal::usize_unsuffixed(0))
}

#[cfg(test)]
mod tests {
    use super::{decimal, hex};

    #[test]
    fn digits_are_grouped() {
        assert_eq!(hex(0x10_7d00_1000).to_string(), "0x10_7d00_1000");
        assert_eq!(hex(0x1000).to_string(), "0x1000");
        assert_eq!(hex(u64::MAX).to_string(), "0xffff_ffff_ffff_ffff");
        assert_eq!(decimal(24_000_000).to_string(), "24_000_000");
        assert_eq!(decimal(7).to_string(), "7");
    }
}
