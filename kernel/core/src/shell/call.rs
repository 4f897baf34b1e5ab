//! One call of a command: its words held against its form, where it writes, and how it ends.

use core::fmt::{self, Write};

use hardware::tree::Path;

use super::Question;
use super::command::{Command, Form, Need};
use super::known::Known;
use super::words::Words;
use crate::errno::Errno;
use crate::system::{CoreError, DiskError, PowerError, System};
use crate::text::{Causes, Tell};

/// What a command's run function gets.
pub(super) struct Call<'c> {
    pub(super) system: &'c dyn System,
    pub(super) known: Known,
    pub(super) out: &'c mut dyn Write,
    pub(super) args: Args<'c>,
}

/// A command's words; every one has its place in the form.
#[derive(Clone, Copy)]
pub(super) struct Args<'c> {
    form: &'static Form,
    words: &'c Words,
    /// The first word after the name and the form's own.
    first: usize,
}

/// Words that the form has no place for.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Misuse<'c> {
    #[error("there is no {command} \"{word}\"{}", Hint(*nearest))]
    NoForm { command: &'static str, word: &'c str, nearest: Option<&'static str> },
    #[error("it takes a word")]
    NeedsForm,
    #[error("unknown flag \"{flag}\"{}", Hint(*nearest))]
    UnknownFlag { flag: &'c str, nearest: Option<&'static str> },
    #[error("{flag} needs a value: {flag} {value}")]
    NeedsValue { flag: &'static str, value: &'static str },
    #[error("\"{word}\" is one too many")]
    Extra { word: &'c str },
    #[error("{name} is missing")]
    Missing { name: &'static str },
}

/// An error's text, where naming its type would bring the code of a command that the image leaves out.
pub(super) type Text = heapless::String<48>;

/// Why a command didn't do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure<'c> {
    /// The console took no more.
    #[error("output failed")]
    Output,
    /// A value is none.
    #[error("\"{text}\" is no {wanted}")]
    Value { text: &'c str, wanted: &'static str },
    #[error("no board: the live tree fits none of the tables")]
    NoBoard,
    #[error("no ledger: nothing has been checked")]
    NoLedger,
    #[error("no device tree: firmware handed over none that can be read")]
    NoTree,
    #[error("{path}: no such node{}", Hint(*nearest))]
    NoNode { path: &'c str, nearest: Option<Path<'c>> },
    #[error("{node} has no property \"{name}\"")]
    NoProperty { node: &'c str, name: &'c str },
    #[error("no command \"{name}\"{}", Hint(*nearest))]
    NoCommand { name: &'c str, nearest: Option<&'static str> },
    #[error("{path} can't be read")]
    File { path: &'c str, why: Text, errno: Errno },
    #[error("{failed} failed")]
    Selftest { failed: u32 },
    #[error("it failed")]
    Stress,
    #[error("this kernel can't")]
    NoStress,
    #[error("the machine is still on")]
    Power(#[from] PowerError),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Core(#[from] CoreError),
    /// Not a failure: what must be answered first.
    #[error("asks first")]
    Ask(Question),
}

/// `; did you mean X?`, or nothing.
struct Hint<T>(Option<T>);

impl<'c> Args<'c> {
    /// Holds `words` against what `command` takes.
    pub(super) fn parse(command: &'static Command, words: &'c Words) -> Result<Self, Misuse<'c>> {
        let word = words.get(1);
        let form = command.form(word).ok_or(match word {
            Some(word) => no_form(command, word),
            None => Misuse::NeedsForm,
        })?;
        let args = Self { form, words, first: if form.word.is_empty() { 1 } else { 2 } };
        args.check(command)?;
        Ok(args)
    }

    /// Whether a flag without a value was given.
    pub(super) fn has(&self, flag: &str) -> bool {
        self.items().any(|item| matches!(item, Item::Flag(name, _) if name == flag))
    }

    /// The value that a flag was given last.
    pub(super) fn value(&self, flag: &str) -> Option<&'c str> {
        let values = self.items().filter_map(|item| match item {
            Item::Flag(name, value) if name == flag => value,
            _ => None,
        });
        values.last()
    }

    /// The words without a dash.
    pub(super) fn operands(&self) -> impl Iterator<Item = &'c str> {
        self.items().filter_map(|item| match item {
            Item::Operand(word) => Some(word),
            Item::Flag(..) => None,
        })
    }

    /// The nth word without a dash; empty if there is none, which `parse` refuses for those that must be there.
    pub(super) fn operand(&self, index: usize) -> Option<&'c str> {
        self.operands().nth(index)
    }

    pub(super) fn form(&self) -> &'static Form {
        self.form
    }

    fn check(&self, command: &'static Command) -> Result<(), Misuse<'c>> {
        let mut operands = 0;
        for item in self.items() {
            match item {
                Item::Operand(word) if self.form.operand(operands).is_none() => {
                    let first = operands == 0 && self.first == 1 && command.has_words();
                    return Err(if first { no_form(command, word) } else { Misuse::Extra { word } });
                }
                Item::Operand(_) => operands += 1,
                Item::Flag(name, value) => self.check_flag(name, value)?,
            }
        }
        match self.form.operands.get(operands) {
            Some(operand) if operand.need == Need::One => Err(Misuse::Missing { name: operand.name }),
            _ => Ok(()),
        }
    }

    fn check_flag(&self, name: &'c str, value: Option<&'c str>) -> Result<(), Misuse<'c>> {
        let Some(flag) = self.form.flag(name) else {
            let nearest = super::suggest::nearest(name, self.form.flags.iter().map(|flag| flag.name));
            return Err(Misuse::UnknownFlag { flag: name, nearest });
        };
        match value {
            None if !flag.value.is_empty() => Err(Misuse::NeedsValue { flag: flag.name, value: flag.value }),
            _ => Ok(()),
        }
    }

    fn items(&self) -> Items<'c> {
        Items { args: *self, next: self.first, only_operands: self.form.is_text() }
    }
}

fn no_form<'c>(command: &'static Command, word: &'c str) -> Misuse<'c> {
    Misuse::NoForm { command: command.name, word, nearest: super::suggest::nearest(word, command.words()) }
}

enum Item<'c> {
    Flag(&'c str, Option<&'c str>),
    Operand(&'c str),
}

struct Items<'c> {
    args: Args<'c>,
    next: usize,
    /// After `--`, and in free text, a dash means nothing.
    only_operands: bool,
}

impl<'c> Iterator for Items<'c> {
    type Item = Item<'c>;

    #[inline(never)]
    fn next(&mut self) -> Option<Item<'c>> {
        let mut word = self.take()?;
        if !self.only_operands && word == "--" {
            self.only_operands = true;
            word = self.take()?;
        }
        if self.only_operands || !word.starts_with('-') || word == "-" {
            return Some(Item::Operand(word));
        }
        let takes_value = self.args.form.flag(word).is_some_and(|flag| !flag.value.is_empty());
        let value = if takes_value { self.take() } else { None };
        Some(Item::Flag(word, value))
    }
}

impl<'c> Items<'c> {
    fn take(&mut self) -> Option<&'c str> {
        let word = self.args.words.get(self.next)?;
        self.next += 1;
        Some(word)
    }
}

impl<T: fmt::Display> fmt::Display for Hint<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |word| write!(f, "; did you mean {word}?"))
    }
}

impl Failure<'_> {
    /// Its number, if it has one.
    pub(super) fn errno(&self) -> Option<Errno> {
        match self {
            Self::File { errno, .. } => Some(*errno),
            Self::Power(error) => Some(error.errno()),
            Self::Disk(error) => Some(error.errno()),
            _ => None,
        }
    }
}

impl Causes for Failure<'_> {
    fn causes(&self, tell: &mut Tell<'_>) -> fmt::Result {
        match self {
            Self::File { why, .. } => tell(why),
            Self::Power(source) => tell(source),
            _ => Ok(()),
        }
    }
}

impl From<fmt::Error> for Failure<'_> {
    fn from(_: fmt::Error) -> Self {
        Self::Output
    }
}
