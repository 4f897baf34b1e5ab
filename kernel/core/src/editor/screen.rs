//! What a terminal must be sent so that it shows the line again: the least that does.
//!
//! Every character counts as one column, and no width is assumed: where a terminal wraps a long line, moving back over
//! the wrap leaves its cursor at the margin until Ctrl-L; the line itself is right all the same. Only BS, CUB, CUF, EL
//! and ED (ECMA-48) are used, so any terminal will do.

use core::fmt::{self, Write};

use super::line::Line;

pub(super) struct Screen<'o> {
    out: &'o mut dyn Write,
}

impl<'o> Screen<'o> {
    pub(super) fn new(out: &'o mut dyn Write) -> Self {
        Self { out }
    }

    pub(super) fn text(&mut self, text: &str) -> fmt::Result {
        self.out.write_str(text)
    }

    pub(super) fn out(&mut self) -> &mut dyn Write {
        self.out
    }

    pub(super) fn bell(&mut self) -> fmt::Result {
        self.out.write_str("\x07")
    }

    pub(super) fn clear(&mut self) -> fmt::Result {
        self.out.write_str("\x1b[H\x1b[2J")
    }

    /// The whole line anew, from the start of an empty screen line.
    pub(super) fn line(&mut self, prompt: &str, line: &Line) -> fmt::Result {
        self.out.write_str(prompt)?;
        self.out.write_str(line.text())?;
        self.left(line.after().chars().count())
    }

    /// `text` was inserted before `after`.
    pub(super) fn inserted(&mut self, text: &str, after: &str) -> fmt::Result {
        self.out.write_str(text)?;
        self.out.write_str(after)?;
        self.left(after.chars().count())
    }

    /// Something was removed between the cursor and `after`.
    pub(super) fn removed(&mut self, after: &str) -> fmt::Result {
        self.out.write_str(after)?;
        self.out.write_str("\x1b[K")?;
        self.left(after.chars().count())
    }

    /// The line, with the cursor in column `from` of it, became `text`.
    pub(super) fn replaced(&mut self, from: usize, text: &str) -> fmt::Result {
        self.left(from)?;
        self.out.write_str(text)?;
        self.out.write_str("\x1b[K")
    }

    /// The cursor went from one column to another.
    pub(super) fn move_by(&mut self, from: usize, to: usize) -> fmt::Result {
        match to.checked_sub(from) {
            None => self.left(from - to),
            Some(0) => Ok(()),
            Some(1) => self.out.write_str("\x1b[C"),
            Some(columns) => write!(self.out, "\x1b[{columns}C"),
        }
    }

    fn left(&mut self, columns: usize) -> fmt::Result {
        match columns {
            // Up to four, backspaces are no longer than the sequence.
            0..=4 => self.out.write_str("\x08\x08\x08\x08".get(..columns).unwrap_or_default()),
            _ => write!(self.out, "\x1b[{columns}D"),
        }
    }
}
