//! What is wrong with an input, said so that it can be put right.
//!
//! Every stage collects [`Finding`]s in [`Findings`] and goes on as far as it can; nothing is thrown one by one. A
//! finding has a stable [`Code`], a [`Place`] with a label, perhaps more places, notes and a way out. [`render`] shows
//! them as rustc shows its own.

pub mod code;
#[cfg(feature = "cli")]
pub mod json;
mod place;
mod render;
#[cfg(feature = "cli")]
pub mod sarif;

pub use code::Code;
pub use place::{Line, Place, Source};

use std::fmt;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Said aloud; generation goes on.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A place with what there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What stands there; may be empty.
    pub text: String,
}

/// One thing that is wrong, or looks so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// One sentence without a full stop.
    pub message: String,
    /// Where it went wrong.
    pub primary: Label,
    /// Other places that have to do with it.
    pub secondary: Vec<Label>,
    /// Facts that help to judge it.
    pub notes: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
}

/// Nobody reads more than this at once, and each is drawn from its whole file. Programs get all of them.
const MOST_SHOWN: usize = 200;

/// The findings of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings(Vec<Finding>);

impl Finding {
    /// A finding that stops generation.
    pub fn error(code: Code, message: impl Into<String>, place: Place, label: impl Into<String>) -> Self {
        let primary = Label { place, text: label.into() };
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            primary,
            secondary: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// A finding that doesn't.
    pub fn warning(code: Code, message: impl Into<String>, place: Place, label: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, place, label) }
    }

    /// Adds another place.
    #[must_use]
    pub fn with(mut self, place: Place, label: impl Into<String>) -> Self {
        self.secondary.push(Label { place, text: label.into() });
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl Findings {
    /// Adds one.
    pub fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// Adds all of `other`'s.
    pub fn extend(&mut self, other: Findings) {
        self.0.extend(other.0);
    }

    /// Adds those of `other`'s that aren't there yet, and returns them.
    pub fn extend_new(&mut self, mut other: Findings) -> Findings {
        other.0.retain(|finding| !self.0.contains(finding));
        self.0.extend_from_slice(&other.0);
        other
    }

    /// All of them, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.0.iter()
    }

    /// Whether the same is said already, be it of another file: of the same node in another tree.
    pub fn has(&self, finding: &Finding) -> bool {
        self.0.iter().any(|known| known.code == finding.code && known.message == finding.message)
    }

    /// Whether there is any.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are of a kind.
    pub fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Whether generation has to stop.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// `value` with the warnings where there is no error, else the findings.
    pub fn or<T>(self, value: Option<T>) -> Result<(T, Findings), Findings> {
        match value {
            Some(value) if !self.has_errors() => Ok((value, self)),
            _ => Err(self),
        }
    }

    /// All findings as text, in the order of their places, each followed by an empty line.
    pub fn render(&self) -> String {
        let mut sorted: Vec<&Finding> = self.0.iter().collect();
        sorted.sort_by(|a, b| (&a.primary.place, a.code).cmp(&(&b.primary.place, b.code)));
        let more = sorted.len().saturating_sub(MOST_SHOWN);
        if more > 0 {
            sorted.sort_by_key(|finding| finding.severity != Severity::Error);
        }
        let mut text: String = sorted.iter().take(MOST_SHOWN).map(|it| render::render(it) + "\n\n").collect();
        if more > 0 {
            text += &format!("… and {more} more\n\n");
        }
        text
    }
}

impl From<Finding> for Findings {
    fn from(finding: Finding) -> Self {
        Self(vec![finding])
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render())
    }
}

impl std::error::Error for Findings {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_the_errors_are_shown() {
        let warning =
            |n: usize| Finding::warning(code::TORN_ROW, format!("row {n}"), Place::file(format!("{n:04}")), "");
        let mut findings = Findings::default();
        (0..MOST_SHOWN - 1).for_each(|n| findings.push(warning(n)));
        findings.push(Finding::error(code::NO_LEDGER, "no ledger", Place::file("z"), ""));
        assert!(findings.render().ends_with("K0302.md\n\n"), "all are shown in order");
        (0..2).for_each(|n| findings.push(warning(9000 + n)));
        let shown = findings.render();
        assert!(shown.starts_with("error[K0302]: no ledger") && shown.ends_with("\n\n… and 2 more\n\n"), "{shown}");
        assert_eq!(shown.matches("[K0").count(), MOST_SHOWN);
    }
}
