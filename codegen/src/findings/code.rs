//! The stable codes: each names one rule, has a page in `docs/errors/` and a rejecting and an accepting fixture.
//!
//! `K00` is about files and their notation, `K01` about boards and their trees, `K02` about bindings. A code
//! never changes its meaning, and a retired one isn't used again.

use std::fmt;

/// A rule's stable name, `K0107`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

impl Code {
    /// `K0107`.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The page that explains it, relative to the project's root.
    pub fn page(self) -> String {
        format!("docs/errors/{}.md", self.0)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)+) => {
        $($(#[doc = $doc])+ pub const $name: Code = Code($code);)+

        /// Every code, in order.
        pub const ALL: &[Code] = &[$($name),+];
    };
}

codes! {
    /// A file that is named can't be read.
    UNREADABLE_FILE = "K0001";
    /// A file is larger than any board file, binding or device tree can be.
    FILE_TOO_LARGE = "K0002";
    /// A text file isn't UTF-8.
    NOT_UTF8 = "K0003";
    /// The text isn't TOML.
    TOML_SYNTAX = "K0004";
    /// A key or table stands twice.
    DUPLICATE_KEY = "K0005";
    /// A key that nobody reads.
    UNKNOWN_KEY = "K0006";
    /// A key that has to be there isn't.
    MISSING_KEY = "K0007";
    /// A value of another type than its key takes.
    WRONG_TYPE = "K0008";
    /// A word that isn't one of the words its key takes.
    UNKNOWN_WORD = "K0009";
    /// A value of the right type that can't be meant.
    INVALID_VALUE = "K0010";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(ALL.windows(2).all(|pair| pair[0] < pair[1]), "{ALL:?}");
    }
}
