//! The line editor: bytes of a terminal in, as few bytes as will redraw it out.
//!
//! [`Editor::feed`] takes one byte and says by an [`Event`] whether a line is ready. It never blocks. A line that isn't
//! wholly what was typed (too long, not UTF-8, with control characters) is never handed on: it ends in
//! [`Event::Refused`] with the place.
//!
//! Keys: cursor keys, Home, End, Delete, Backspace, Tab; Ctrl-A start, -E end, -B left, -F right, -P and -N history,
//! -D delete, -K kill to the end, -U kill to the start, -W kill a word, -L clear the screen, -C give the line up.

mod complete;
mod history;
mod keys;
mod line;
mod screen;

use core::fmt::{self, Write};

pub use complete::Completer;
pub use line::{MAX_LINE, Text};

use history::History;
use keys::{Decoder, Key, Step};
use line::Line;
use screen::Screen;

/// The state of one terminal's input line.
#[derive(Debug)]
pub struct Editor {
    decoder: Decoder,
    line: Line,
    history: History,
    /// How far back in history the line shown is; 0 is the line being typed.
    back: usize,
    /// The line being typed, while history is shown.
    draft: Text,
    refusal: Option<Refusal>,
}

/// What a byte led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Nothing to do yet.
    Idle,
    /// A line is ready: [`Editor::take`] it.
    Line,
    /// A line ended that must not be run.
    Refused(Refusal),
    /// Ctrl-C: the line was given up.
    Interrupted,
}

/// Why a line isn't run. Columns count characters from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// More than [`MAX_LINE`] bytes.
    #[error("the line has {length} bytes, {MAX_LINE} are the most")]
    TooLong {
        /// How many bytes were typed.
        length: usize,
    },
    /// Bytes that are no UTF-8.
    #[error("column {column}: not UTF-8")]
    NotUtf8 {
        /// Where.
        column: usize,
    },
    /// A control character that the editor has no use for.
    #[error("column {column}: control character U+{code:04X}")]
    Control {
        /// Where.
        column: usize,
        /// Which.
        code: u32,
    },
}

impl Editor {
    /// An empty line, an empty history.
    pub const fn new() -> Self {
        Self {
            decoder: Decoder::new(),
            line: Line::new(),
            history: History::new(),
            back: 0,
            draft: Text::new(),
            refusal: None,
        }
    }

    /// Takes one byte; `prompt` is what [`Editor::start`] printed.
    pub fn feed(
        &mut self,
        byte: u8,
        prompt: &str,
        completer: &dyn Completer,
        out: &mut dyn Write,
    ) -> Result<Event, fmt::Error> {
        loop {
            match self.decoder.feed(byte) {
                Step::Pending => return Ok(Event::Idle),
                Step::Key(key) => return self.press(key, prompt, completer, out),
                // Only a sequence that this byte broke off ends this way, and none of those completes a line.
                Step::Again(key) => self.press(key, prompt, completer, out)?,
            };
        }
    }

    /// Prints the prompt for the next line.
    pub fn start(&mut self, prompt: &str, out: &mut dyn Write) -> fmt::Result {
        out.write_str(prompt)
    }

    /// The line that [`Event::Line`] announced; the editor is empty afterwards.
    pub fn take(&mut self) -> Text {
        // Cannot fail: a line is never longer than a text.
        let text = Text::try_from(self.line.text()).unwrap_or_default();
        self.clear();
        text
    }

    /// Lets cursor-up bring `line` back.
    pub fn remember(&mut self, line: &str) {
        self.history.add(line);
    }

    fn press(
        &mut self,
        key: Key,
        prompt: &str,
        completer: &dyn Completer,
        out: &mut dyn Write,
    ) -> Result<Event, fmt::Error> {
        let mut screen = Screen::new(out);
        match key {
            Key::Enter => return self.enter(screen),
            Key::Ctrl(b'C') => {
                screen.text("^C\n")?;
                self.clear();
                return Ok(Event::Interrupted);
            }
            Key::Char(char) => self.insert(char.encode_utf8(&mut [0; 4]), screen)?,
            Key::Tab => complete::complete(self, prompt, completer, screen)?,
            Key::Left | Key::Ctrl(b'B') => self.move_to(self.line.previous_at(), screen)?,
            Key::Right | Key::Ctrl(b'F') => self.move_to(self.line.next_at(), screen)?,
            Key::Home | Key::Ctrl(b'A') => self.move_to(0, screen)?,
            Key::End | Key::Ctrl(b'E') => self.move_to(self.line.end(), screen)?,
            Key::Up | Key::Ctrl(b'P') => self.browse(self.back + 1, screen)?,
            Key::Down | Key::Ctrl(b'N') => self.browse(self.back.checked_sub(1).unwrap_or(usize::MAX), screen)?,
            Key::Backspace => self.remove(self.line.previous_at(), screen)?,
            Key::Delete | Key::Ctrl(b'D') => self.remove(self.line.next_at(), screen)?,
            Key::Ctrl(b'K') => self.remove(self.line.end(), screen)?,
            Key::Ctrl(b'U') => {
                self.refusal = None;
                self.remove(0, screen)?;
            }
            Key::Ctrl(b'W') => self.remove(self.line.word_at(), screen)?,
            Key::Ctrl(b'L') => {
                screen.clear()?;
                screen.line(prompt, &self.line)?;
            }
            Key::NotUtf8 => self.refuse(Refusal::NotUtf8 { column: self.column() }, screen)?,
            Key::Control(char) => {
                self.refuse(Refusal::Control { column: self.column(), code: char.into() }, screen)?;
            }
            Key::Unknown | Key::Ctrl(_) => screen.bell()?,
        }
        Ok(Event::Idle)
    }

    fn enter(&mut self, mut screen: Screen<'_>) -> Result<Event, fmt::Error> {
        screen.text("\n")?;
        let Some(refusal) = self.refusal else { return Ok(Event::Line) };
        // What was readable of it can be mended: cursor-up brings it back.
        self.history.add(self.line.text());
        self.clear();
        Ok(Event::Refused(refusal))
    }

    fn insert(&mut self, text: &str, mut screen: Screen<'_>) -> fmt::Result {
        if self.line.insert(text).is_ok() {
            return screen.inserted(text, self.line.after());
        }
        match &mut self.refusal {
            Some(Refusal::TooLong { length }) => {
                *length = length.saturating_add(text.len());
                Ok(())
            }
            Some(_) => Ok(()),
            None => self.refuse(Refusal::TooLong { length: self.line.end() + text.len() }, screen),
        }
    }

    fn move_to(&mut self, at: usize, mut screen: Screen<'_>) -> fmt::Result {
        let from = self.line.before().chars().count();
        self.line.move_to(at);
        let to = self.line.before().chars().count();
        screen.move_by(from, to)
    }

    /// Removes from the cursor to `at`; a bell if there is nothing.
    fn remove(&mut self, at: usize, mut screen: Screen<'_>) -> fmt::Result {
        let (from, length) = (self.line.before().chars().count(), self.line.end());
        self.line.remove_to(at);
        if self.line.end() == length {
            return screen.bell();
        }
        screen.move_by(from, self.line.before().chars().count())?;
        screen.removed(self.line.after())
    }

    /// Shows the line `back` lines ago.
    fn browse(&mut self, back: usize, mut screen: Screen<'_>) -> fmt::Result {
        let text = match back {
            0 => self.draft.as_str(),
            _ => match self.history.get(back - 1) {
                Some(text) => text,
                None => return screen.bell(),
            },
        };
        let from = self.line.before().chars().count();
        if self.back == 0 {
            let draft = Text::try_from(self.line.text()).unwrap_or_default();
            // Cannot fail: whatever is in the history once was a line.
            let _ = self.line.set(text);
            self.draft = draft;
        } else {
            let _ = self.line.set(text);
        }
        self.back = back;
        screen.replaced(from, self.line.text())
    }

    /// Marks the line as one that will not be run; the first reason stays.
    fn refuse(&mut self, refusal: Refusal, mut screen: Screen<'_>) -> fmt::Result {
        if self.refusal.is_some() {
            return Ok(());
        }
        self.refusal = Some(refusal);
        screen.bell()
    }

    fn column(&self) -> usize {
        self.line.before().chars().count() + 1
    }

    fn clear(&mut self) {
        self.line = Line::new();
        self.back = 0;
        self.refusal = None;
    }
}

impl Default for Editor {
    fn default() -> Self {
        Self::new()
    }
}
