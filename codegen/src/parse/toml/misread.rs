//! What serde didn't like, kept as data where serde's own errors are prose.

use std::fmt;
use std::ops::Range;

use serde::de::{Expected, Unexpected};

/// The first thing that didn't fit, and where.
#[derive(Debug)]
pub(super) struct Misread {
    pub(super) kind: Kind,
    pub(super) span: Option<Range<usize>>,
}

#[derive(Debug)]
pub(super) enum Kind {
    UnknownField { field: String, expected: &'static [&'static str] },
    UnknownVariant { word: String, expected: &'static [&'static str] },
    Missing { field: &'static str },
    Type { found: String, expected: String },
    Invalid { message: String, label: String },
}

impl Misread {
    /// Says where, unless something further inside has said it already.
    pub(super) fn within(self, span: Range<usize>) -> Self {
        Self { span: self.span.or(Some(span)), ..self }
    }
}

impl From<Kind> for Misread {
    fn from(kind: Kind) -> Self {
        Self { kind, span: None }
    }
}

impl serde::de::Error for Misread {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Kind::Invalid { message: message.to_string(), label: String::new() }.into()
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Kind::Type { found: noun(found), expected: expected.to_string() }.into()
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Kind::Invalid { message: format!("expected {expected}"), label: format!("this is {}", noun(found)) }.into()
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Kind::UnknownField { field: field.to_owned(), expected }.into()
    }

    fn unknown_variant(word: &str, expected: &'static [&'static str]) -> Self {
        Kind::UnknownVariant { word: word.to_owned(), expected }.into()
    }

    fn missing_field(field: &'static str) -> Self {
        Kind::Missing { field }.into()
    }
}

/// What was found, in TOML's words.
fn noun(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => format!("the boolean `{value}`"),
        Unexpected::Unsigned(value) => format!("the number {value}"),
        Unexpected::Signed(value) => format!("the number {value}"),
        Unexpected::Float(value) => format!("the number {value:?}"),
        Unexpected::Str(text) => format!("the string \"{}\"", text.escape_debug()),
        Unexpected::Seq => "an array".to_owned(),
        Unexpected::Map => "a table".to_owned(),
        other => other.to_string(),
    }
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)
    }
}

impl std::error::Error for Misread {}
