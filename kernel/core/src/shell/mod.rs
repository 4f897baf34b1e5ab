//! The shell: a line becomes commands, a command a row of [`commands`], its end an exit status.
//!
//! [`Shell::feed`] takes one byte from the terminal and never blocks; a command that asks leaves its `Question` behind
//! and the next line answers it. Commands write through `&mut dyn fmt::Write` with `\n` at a line's end; what a serial line
//! needs in its place is the console's business.
//!
//! Exit statuses: 0 done, 1 failed, 2 misused (unknown flags and words, syntax, refused lines), 127 no such command,
//! 130 given up by Ctrl-C.

mod call;
mod command;
pub mod commands;
mod completion;
mod known;
mod suggest;
mod words;

use core::fmt::{self, Write};

use crate::editor::{Editor, Event};
use crate::errno::Errno;
use crate::system::{Provoked, System};
use crate::text::Causes as _;
use call::{Args, Call, Failure, Misuse};
pub use command::Command;
use completion::Completion;
use known::Known;
use words::{Lexer, SyntaxError, Words};

/// What the shell prints when it waits for a line.
pub const PROMPT: &str = "keel> ";

const DONE: u8 = 0;
const FAILED: u8 = 1;
const MISUSED: u8 = 2;
const NOT_FOUND: u8 = 127;
const INTERRUPTED: u8 = 130;

/// One terminal's shell.
#[derive(Debug)]
pub struct Shell {
    /// The image's.
    commands: &'static [&'static Command],
    editor: Editor,
    /// How the last command ended: `$?`.
    status: u8,
    question: Option<Question>,
}

/// What a command asks before it does what can't be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    Panic(Provoked),
}

impl Shell {
    /// A shell of an image that has `commands`, which has printed nothing yet.
    pub const fn new(commands: &'static [&'static Command]) -> Self {
        Self { commands, editor: Editor::new(), status: DONE, question: None }
    }

    /// Prints the first prompt.
    pub fn start(&mut self, out: &mut dyn Write) -> fmt::Result {
        self.editor.start(self.prompt(), out)
    }

    /// Takes one byte from the terminal.
    // Small code is what this package is built for; inlined into the kernel's loop it would grow to the loop's taste.
    #[inline(never)]
    pub fn feed(&mut self, byte: u8, system: &dyn System, out: &mut dyn Write) -> fmt::Result {
        let completion = Completion { system, known: Known::new(self.commands, system) };
        match self.editor.feed(byte, self.prompt(), &completion, out)? {
            Event::Idle => return Ok(()),
            Event::Line => self.line(system, out)?,
            Event::Refused(refusal) => {
                writeln!(out, "error: {refusal}; nothing was run")?;
                self.status = MISUSED;
            }
            Event::Interrupted => {
                self.question = None;
                self.status = INTERRUPTED;
            }
        }
        self.start(out)
    }

    /// How the last command ended: what `$?` stands for.
    pub const fn status(&self) -> u8 {
        self.status
    }

    fn prompt(&self) -> &'static str {
        match self.question {
            Some(Question::Panic(_)) => "This stops the kernel. Panic? [y/N] ",
            None => PROMPT,
        }
    }

    fn line(&mut self, system: &dyn System, out: &mut dyn Write) -> fmt::Result {
        let line = self.editor.take();
        match self.question.take() {
            Some(question) => self.answer(question, &line, system, out),
            None => {
                self.editor.remember(&line);
                self.run(&line, system, out)
            }
        }
    }

    fn answer(&mut self, question: Question, answer: &str, system: &dyn System, out: &mut dyn Write) -> fmt::Result {
        if !matches!(answer.trim_ascii(), "y" | "Y" | "yes") {
            self.status = FAILED;
            return out.write_str("Not done.\n");
        }
        self.status = DONE;
        match question {
            Question::Panic(how) => system.power().panic(how),
        }
        Ok(())
    }

    /// Runs a line's commands, or none of them if a part of it makes no sense.
    fn run(&mut self, line: &str, system: &dyn System, out: &mut dyn Write) -> fmt::Result {
        if let Err(error) = check(line) {
            self.status = MISUSED;
            return point_at(line, error, out);
        }
        let mut lexer = Lexer::new(line);
        // Cannot be an error: the line was just checked.
        while let Ok(Some(words)) = lexer.next(self.status) {
            self.status = self.command(&words, lexer.is_done(), system, out)?;
        }
        Ok(())
    }

    fn command(
        &mut self,
        words: &Words,
        is_last: bool,
        system: &dyn System,
        out: &mut dyn Write,
    ) -> Result<u8, fmt::Error> {
        let name = words.get(0).unwrap_or_default();
        let known = Known::new(self.commands, system);
        let Some(command) = known.find(name) else {
            match (known.left_out_by(name), known.nearest(name)) {
                (Some(preset), _) => {
                    writeln!(out, "error: \"{name}\": the preset {preset} leaves it out; another KEEL_PRESET has it")?
                }
                (None, Some(nearest)) => writeln!(out, "error: \"{name}\": no such command; did you mean {nearest}?")?,
                (None, None) => writeln!(out, "error: \"{name}\": no such command; help lists all")?,
            }
            return Ok(NOT_FOUND);
        };
        let args = match Args::parse(command, words) {
            Ok(args) => args,
            Err(misuse) => return misused(command, words, &misuse, out),
        };
        let mut call = Call { system, known, out, args };
        match (args.form().run)(&mut call) {
            Ok(()) => Ok(DONE),
            Err(Failure::Output) => Err(fmt::Error),
            Err(Failure::Ask(question)) if is_last => {
                self.question = Some(question);
                Ok(DONE)
            }
            Err(Failure::Ask(_)) => {
                writeln!(call.out, "error: {name}: asks first, so it must end the line; --yes doesn't ask")?;
                Ok(MISUSED)
            }
            Err(failure) => {
                failed(name, &failure, call.out)?;
                Ok(FAILED)
            }
        }
    }
}

/// What went wrong, then a line for each cause; the last has the number.
fn failed(name: &str, failure: &Failure<'_>, out: &mut dyn Write) -> fmt::Result {
    write!(out, "error: {name}: {failure}")?;
    failure.causes(&mut |cause| write!(out, "\nbecause: {cause}"))?;
    writeln!(out, "{}", Number(failure.errno()))
}

/// Takes the whole line apart once, so that an error in it comes before anything runs.
fn check(line: &str) -> Result<(), SyntaxError> {
    let mut lexer = Lexer::new(line);
    // The longest status: what has room with this has room with any.
    while lexer.next(u8::MAX)?.is_some() {}
    Ok(())
}

/// The line again, and a caret under what is wrong with it.
fn point_at(line: &str, error: SyntaxError, out: &mut dyn Write) -> fmt::Result {
    writeln!(out, "  {line}\n  {:column$}^ {}", "", error.kind, column = error.column)
}

fn misused(
    command: &'static Command,
    words: &Words,
    misuse: &Misuse<'_>,
    out: &mut dyn Write,
) -> Result<u8, fmt::Error> {
    writeln!(out, "error: {}: {misuse}", command.name)?;
    let mut label = "usage:";
    for form in command.forms_for(words.get(1)) {
        writeln!(out, "{label} {}", form.usage(command.name))?;
        label = "      ";
    }
    Ok(MISUSED)
}

/// ` (ENOENT)`, or nothing.
struct Number(Option<Errno>);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |errno| write!(f, " ({errno})"))
    }
}
