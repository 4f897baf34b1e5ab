//! TOML texts as serde types, with every misreading collected.
//!
//! serde stops at the first thing it doesn't like. So [`read`] lets it stop, notes the finding, takes the offending
//! entry out and tries again, until the rest fits. Types use `#[serde(deny_unknown_fields)]` and [`Spanned`] for what a
//! later stage may have to point at.

mod deserializer;
mod misread;
mod remove;
mod spanned;

use std::ops::Range;
use std::sync::Arc;

#[cfg(feature = "cli")]
pub(crate) use self::deserializer::leaves_the_line;
pub use self::spanned::Spanned;
use ::toml::de::{DeTable, DeValue};
use serde::de::DeserializeOwned;

use self::deserializer::ValueReader;
use self::misread::{Kind, Misread};
use crate::findings::{Finding, Findings, Place, Source, code};

/// Nobody reads more than this at once.
const MOST_FINDINGS: usize = 50;

/// `source` as a `T`; `None` where what is left after its findings isn't one.
pub fn read<T: DeserializeOwned>(source: &Arc<Source>, findings: &mut Findings) -> Option<T> {
    from_table(source, table(source, findings)?, findings)
}

/// `source` as a table.
pub(super) fn table<'s>(source: &'s Arc<Source>, findings: &mut Findings) -> Option<DeTable<'s>> {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    for error in &errors {
        findings.push(syntax(source, error.message(), error.span().unwrap_or(0..0)));
    }
    errors.is_empty().then(|| table.into_inner())
}

/// `table`, whose spans are of `source`, as a `T`.
pub(super) fn from_table<T: DeserializeOwned>(
    source: &Arc<Source>,
    table: DeTable<'_>,
    findings: &mut Findings,
) -> Option<T> {
    // The root's span would mark the whole file.
    let mut root = ::toml::Spanned::new(0..0, DeValue::Table(table));
    let mut removed: Vec<String> = Vec::new();
    for _ in 0..MOST_FINDINGS {
        let misread = match T::deserialize(ValueReader(&root)) {
            Ok(value) => return Some(value),
            Err(misread) => misread,
        };
        let span = misread.span.clone().unwrap_or(0..0);
        let follows = matches!(&misread.kind, Kind::Missing { field } if removed.iter().any(|name| name == field));
        if !follows {
            findings.push(finding(source, &misread, span.clone()));
        }
        if mend(&mut root, &misread, &span).is_none() {
            removed.push(remove::entry(&mut root, &span)?);
        }
    }
    None
}

/// Reads a misspelt key as what was probably meant, so that it doesn't count as missing, too.
fn mend(root: &mut ::toml::Spanned<DeValue<'_>>, misread: &Misread, span: &Range<usize>) -> Option<()> {
    let Kind::UnknownField { field, expected } = &misread.kind else { return None };
    remove::rename(root, span, super::nearest(field, expected.iter().copied())?)
}

fn syntax(source: &Arc<Source>, message: &str, span: Range<usize>) -> Finding {
    let message = message.lines().next().unwrap_or("not TOML").trim();
    if message.contains("duplicate key") {
        let name = source.text.get(span.clone()).unwrap_or_default();
        let message = format!("`{name}` stands twice");
        return Finding::error(code::DUPLICATE_KEY, message, Place::text(source, span), "the second one")
            .help("delete one of the two");
    }
    Finding::error(code::TOML_SYNTAX, format!("not TOML: {message}"), Place::text(source, span), "")
}

fn finding(source: &Arc<Source>, misread: &Misread, span: Range<usize>) -> Finding {
    let place = Place::text(source, span);
    match &misread.kind {
        Kind::UnknownField { field, expected } => {
            let finding = Finding::error(code::UNKNOWN_KEY, format!("unknown key `{field}`"), place, "nobody reads it");
            one_of(finding, field, expected, "keys here are")
        }
        Kind::UnknownVariant { word, expected } => {
            let finding = Finding::error(code::UNKNOWN_WORD, format!("unknown word `{word}`"), place, "");
            one_of(finding, word, expected, "one of")
        }
        Kind::Missing { field } => {
            Finding::error(code::MISSING_KEY, format!("the key `{field}` is missing"), place, "in this table")
        }
        Kind::Type { found, expected } => {
            Finding::error(code::WRONG_TYPE, format!("expected {expected}"), place, format!("this is {found}"))
        }
        Kind::Invalid { message, label } => {
            Finding::error(code::INVALID_VALUE, message.as_str(), place, label.as_str())
        }
    }
}

fn one_of(finding: Finding, word: &str, expected: &[&str], list: &str) -> Finding {
    super::suggest(finding, word, expected.iter().copied(), || format!("{list} `{}`", expected.join("`, `")))
}

#[cfg(test)]
mod tests;
