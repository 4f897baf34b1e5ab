//! The line being edited: text and a cursor that always stands between two characters.

/// Bytes in the longest line.
pub const MAX_LINE: usize = 256;

/// A line's text by value.
pub type Text = heapless::String<MAX_LINE>;

#[derive(Debug)]
pub(super) struct Line {
    bytes: [u8; MAX_LINE],
    length: usize,
    cursor: usize,
}

/// The line has no room for what was to be inserted; it is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

impl Line {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; MAX_LINE], length: 0, cursor: 0 }
    }

    pub(super) fn text(&self) -> &str {
        valid(self.bytes.get(..self.length))
    }

    /// The text left of the cursor.
    pub(super) fn before(&self) -> &str {
        valid(self.bytes.get(..self.cursor))
    }

    /// The text from the cursor on.
    pub(super) fn after(&self) -> &str {
        valid(self.bytes.get(self.cursor..self.length))
    }

    pub(super) fn insert(&mut self, text: &str) -> Result<(), Full> {
        let length = self.length + text.len();
        let end = self.cursor + text.len();
        if length > MAX_LINE {
            return Err(Full);
        }
        self.bytes.copy_within(self.cursor..self.length, end);
        self.bytes[self.cursor..end].copy_from_slice(text.as_bytes());
        (self.length, self.cursor) = (length, end);
        Ok(())
    }

    /// Replaces everything; the cursor goes to the end. A text that is too long leaves the line empty.
    pub(super) fn set(&mut self, text: &str) -> Result<(), Full> {
        (self.length, self.cursor) = (0, 0);
        self.insert(text)
    }

    /// Removes the text between the cursor and `at`, a position that one of the `*_at` functions gave.
    pub(super) fn remove_to(&mut self, at: usize) {
        let (start, end) = (at.min(self.cursor), at.max(self.cursor).min(self.length));
        self.bytes.copy_within(end..self.length, start);
        self.length -= end - start;
        self.cursor = start;
    }

    pub(super) fn move_to(&mut self, at: usize) {
        self.cursor = at.min(self.length);
    }

    pub(super) fn end(&self) -> usize {
        self.length
    }

    /// Where the character left of the cursor starts.
    pub(super) fn previous_at(&self) -> usize {
        self.cursor - self.before().chars().next_back().map_or(0, char::len_utf8)
    }

    /// Where the character under the cursor ends.
    pub(super) fn next_at(&self) -> usize {
        self.cursor + self.after().chars().next().map_or(0, char::len_utf8)
    }

    /// Where the word left of the cursor starts.
    pub(super) fn word_at(&self) -> usize {
        let words = self.before().trim_end_matches(' ');
        words.rfind(' ').map_or(0, |space| space + 1)
    }
}

/// Only whole characters go into a line, and the cursor stands between two: never empty for want of validity.
fn valid(bytes: Option<&[u8]>) -> &str {
    bytes.and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_whole_characters() {
        let mut line = Line::new();
        line.insert("aü€").unwrap();
        line.move_to(line.previous_at());
        assert_eq!((line.before(), line.after()), ("aü", "€"));
        line.remove_to(line.previous_at());
        assert_eq!(line.text(), "a€");
        line.remove_to(line.next_at());
        assert_eq!((line.text(), line.next_at()), ("a", 1));
    }

    #[test]
    fn words_end_at_spaces() {
        let mut line = Line::new();
        line.insert("dt node  /pl011  ").unwrap();
        line.remove_to(line.word_at());
        assert_eq!(line.text(), "dt node  ");
        line.remove_to(line.word_at());
        assert_eq!(line.text(), "dt ");
    }

    #[test]
    fn full_line_stays_as_it_is() {
        let mut line = Line::new();
        line.insert(&"x".repeat(MAX_LINE - 1)).unwrap();
        assert_eq!(line.insert("ü"), Err(Full));
        assert_eq!(line.text().len(), MAX_LINE - 1);
        line.insert("y").unwrap();
        assert_eq!(line.insert("z"), Err(Full));
    }
}
