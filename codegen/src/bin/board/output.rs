//! Standard output.

use std::fmt::Display;
use std::io::{self, Write as _};

/// Prints `text` as it is. A reader that has gone away, as `head` does, is no mistake.
pub(crate) fn print(text: impl Display) {
    let _ = write!(io::stdout().lock(), "{text}");
}

/// Prints `text` as a line.
pub(crate) fn line(text: impl Display) {
    print(format_args!("{text}\n"));
}
