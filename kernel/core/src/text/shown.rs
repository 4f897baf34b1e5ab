//! Foreign text on a terminal.

use core::fmt::{self, Display, Write};

/// Text from the tree, the log or a line with its control characters shown, not obeyed.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'t>(pub &'t str);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escaped(self.0, char::is_control, f, |control, f| write!(f, "{}", control.escape_default()))
    }
}

/// Writes `text`, every character that is `special` by way of `escape`.
pub(super) fn escaped<W: Write + ?Sized>(
    text: &str,
    special: fn(char) -> bool,
    out: &mut W,
    escape: impl Fn(char, &mut W) -> fmt::Result,
) -> fmt::Result {
    for part in text.split_inclusive(special) {
        let mut plain = part.chars();
        match plain.next_back().filter(|last| special(*last)) {
            Some(last) => {
                out.write_str(plain.as_str())?;
                escape(last, out)?;
            }
            None => out.write_str(part)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(Shown("a\x1b[2Jü\n\r").to_string(), "a\\u{1b}[2Jü\\n\\r");
        assert_eq!(Shown("").to_string(), "");
    }
}
