//! A property's bytes in the notation of a device tree source: strings, cells or bytes, whichever they look like.

use core::fmt::{self, Display};

/// Strings, cells or bytes shown of a value in brief.
const BRIEF: usize = 8;

/// Displays a value.
pub(crate) struct Raw<'t> {
    value: &'t [u8],
    most: usize,
}

impl<'t> Raw<'t> {
    /// The value's beginning.
    pub(crate) fn brief(value: &'t [u8]) -> Self {
        Self { value, most: BRIEF }
    }

    /// All of the value.
    pub(crate) fn full(value: &'t [u8]) -> Self {
        Self { value, most: usize::MAX }
    }

    fn list<T>(
        &self,
        f: &mut fmt::Formatter<'_>,
        items: impl Iterator<Item = T> + Clone,
        separator: &str,
        print: impl Fn(T, &mut fmt::Formatter<'_>) -> fmt::Result,
    ) -> fmt::Result {
        for (index, item) in items.clone().take(self.most).enumerate() {
            if index > 0 {
                f.write_str(separator)?;
            }
            print(item, f)?;
        }
        match items.skip(self.most).count() {
            0 => Ok(()),
            more => write!(f, " … {more} more"),
        }
    }
}

impl Display for Raw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.value.is_empty() {
            return f.write_str("(there)");
        }
        if let Some(strings) = strings(self.value) {
            return self.list(f, strings.split('\0'), ", ", |string, f| write!(f, "\"{string}\""));
        }
        if let (cells, []) = self.value.as_chunks() {
            f.write_str("<")?;
            self.list(f, cells.iter(), " ", |cell, f| write!(f, "{:#x}", u32::from_be_bytes(*cell)))?;
            return f.write_str(">");
        }
        f.write_str("[")?;
        self.list(f, self.value.iter(), " ", |byte, f| write!(f, "{byte:02x}"))?;
        f.write_str("]")
    }
}

/// The value as strings with zeroes between, if it looks like that: printable, none empty, a zero at the end.
fn strings(value: &[u8]) -> Option<&str> {
    let text = core::str::from_utf8(value.strip_suffix(&[0])?).ok()?;
    let printable = |string: &str| !string.is_empty() && !string.contains(char::is_control);
    text.split('\0').all(printable).then_some(text)
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn notation_follows_the_looks() {
        let shown = |value: &[u8]| Raw::brief(value).to_string();
        assert_eq!(shown(b""), "(there)");
        assert_eq!(shown(b"arm,pl011\0arm,primecell\0"), "\"arm,pl011\", \"arm,primecell\"");
        assert_eq!(shown(b"\0\0\0\x02"), "<0x2>");
        assert_eq!(shown(b"\0"), "[00]");
        assert_eq!(shown(b"a\x1b[\0"), "<0x611b5b00>");
        assert_eq!(shown(b"abc"), "[61 62 63]");
        assert_eq!(shown(&[0; 40]), "<0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 … 2 more>");
        assert_eq!(Raw::full(&[0xff; 9]).to_string(), "[ff ff ff ff ff ff ff ff ff]");
    }
}
