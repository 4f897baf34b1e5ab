//! What a command is: a row of data, from which its parser, its help and its completion come.

use core::fmt::{self, Display, Write};

use super::call::{Call, Failure};
use super::completion::Offer;

/// A command.
pub struct Command {
    pub(super) name: &'static str,
    pub(super) category: Category,
    /// One line for the list of commands.
    pub(super) brief: &'static str,
    /// The ways to call it: one without a word, or one for each word that may follow the name.
    pub(super) forms: &'static [Form],
    pub(super) examples: &'static [Example],
    pub(super) see_also: &'static [&'static str],
}

/// What a command is about; `help` lists them in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Category {
    Board,
    Kernel,
    Files,
    Shell,
    Power,
}

/// One way to call a command.
pub(super) struct Form {
    /// The word after the command's name; empty for the form that does without.
    pub(super) word: &'static str,
    pub(super) brief: &'static str,
    pub(super) flags: &'static [Flag],
    pub(super) operands: &'static [Operand],
    pub(super) run: Run,
}

/// Does the work of one form.
pub(super) type Run = for<'c> fn(&mut Call<'c>) -> Result<(), Failure<'c>>;

/// A word with a dash.
pub(super) struct Flag {
    pub(super) name: &'static str,
    /// What its value is called; empty if it takes none.
    pub(super) value: &'static str,
    pub(super) brief: &'static str,
}

/// A word without a dash.
pub(super) struct Operand {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) need: Need,
}

/// What an operand names, and so what Tab offers. A function each, so that an image without the commands that take files
/// is without the file systems.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Something that there are only so many of.
    Named(Offer),
    /// A number, `0x` before a hexadecimal one.
    Number,
    /// Anything, also what begins with a dash.
    Text,
}

/// How many words an operand stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    One,
    Optional,
    Any,
}

/// An example for help.
pub(super) struct Example {
    pub(super) line: &'static str,
    pub(super) shows: &'static str,
}

/// The flag that all commands with something for tools have.
pub(super) const JSON: Flag = Flag { name: "--json", value: "", brief: "for tools, as JSON" };

impl Category {
    pub(super) const ALL: [Self; 5] = [Self::Board, Self::Kernel, Self::Files, Self::Shell, Self::Power];

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Board => "Board and hardware",
            Self::Kernel => "Kernel",
            Self::Files => "Files",
            Self::Shell => "Shell",
            Self::Power => "Power",
        }
    }
}

impl Command {
    /// What it is called.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// One line about it.
    pub const fn brief(&self) -> &'static str {
        self.brief
    }

    /// The form that `word`, the one after the command's name, chooses, if the command has words.
    pub(super) fn form(&self, word: Option<&str>) -> Option<&'static Form> {
        let named = word.and_then(|word| self.forms.iter().find(|form| form.word == word));
        named.or_else(|| self.forms.iter().find(|form| form.word.is_empty()))
    }

    /// The forms that a misuse with `word` could have meant: the one that it chooses, else all.
    pub(super) fn forms_for(&self, word: Option<&str>) -> &'static [Form] {
        let chosen = self.forms.iter().position(|form| Some(form.word) == word);
        chosen.and_then(|index| self.forms.get(index..=index)).unwrap_or(self.forms)
    }

    /// Whether a form is chosen by a word.
    pub(super) fn has_words(&self) -> bool {
        self.words().next().is_some()
    }

    /// The words that choose a form.
    pub(super) fn words(&self) -> impl Iterator<Item = &'static str> {
        self.forms.iter().map(|form| form.word).filter(|word| !word.is_empty())
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Form {
    pub(super) fn flag(&self, name: &str) -> Option<&'static Flag> {
        self.flags.iter().find(|flag| flag.name == name)
    }

    /// Whether its operands are free text, so that a dash means nothing.
    pub(super) fn is_text(&self) -> bool {
        self.operands.iter().any(|operand| matches!(operand.kind, Kind::Text))
    }

    /// The operand that the nth word without a dash is.
    pub(super) fn operand(&self, index: usize) -> Option<&'static Operand> {
        self.operands.get(index).or_else(|| self.operands.last().filter(|last| last.need == Need::Any))
    }

    /// How to call it: `dt prop PATH NAME`.
    pub(super) fn usage(&self, command: &'static str) -> Usage<'_> {
        Usage { command, form: self }
    }
}

/// Displays how to call a form.
pub(super) struct Usage<'f> {
    command: &'static str,
    form: &'f Form,
}

impl Display for Usage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.command)?;
        if !self.form.word.is_empty() {
            write!(f, " {}", self.form.word)?;
        }
        for flag in self.form.flags {
            match flag.value {
                "" => write!(f, " [{}]", flag.name)?,
                value => write!(f, " [{} {value}]", flag.name)?,
            }
        }
        for Operand { name, need, .. } in self.form.operands {
            match need {
                Need::One => write!(f, " {name}")?,
                Need::Optional => write!(f, " [{name}]")?,
                Need::Any => write!(f, " [{name} …]")?,
            }
        }
        Ok(())
    }
}

/// A flag as usage and help show it: `-n N`.
impl Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if self.value.is_empty() {
            return Ok(());
        }
        f.write_char(' ')?;
        f.write_str(self.value)
    }
}
