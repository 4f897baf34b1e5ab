//! The ring itself: byte positions that only grow, and records between them.
//!
//! A record is a header (ticks, text length, level, truncation mark) and its text; either may wrap around the end
//! of the buffer. Positions never wrap: the buffer index is the position modulo the size.

use core::fmt;

use super::Level;

/// Bytes of text that a record keeps; a longer one is cut there and marked.
pub const MAX_TEXT: usize = 240;

/// Ticks (8), text length (2), level (1), truncation mark (1).
const HEADER: usize = 12;
const LENGTH_AT: u64 = 8;
const TRUNCATED_AT: u64 = 11;

/// An overwriting log of `N` bytes; `N` is a power of two.
#[derive(Debug)]
pub struct Ring<const N: usize> {
    buffer: [u8; N],
    /// Position of the oldest record.
    oldest: u64,
    /// Position after the newest record.
    end: u64,
    dropped: u64,
}

/// A reader's place in the log; starts at the oldest record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(u64);

/// A copy of one record, so that no reader holds the log's lock while it prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The architected counter when it was written.
    pub ticks: u64,
    /// How much it matters.
    pub level: Level,
    /// Whether the text went on past [`MAX_TEXT`].
    pub truncated: bool,
    /// What it says.
    pub text: heapless::String<MAX_TEXT>,
}

/// The newest record while its text is being written.
#[derive(Debug)]
pub struct Writer<'r, const N: usize> {
    ring: &'r mut Ring<N>,
    start: u64,
    length: usize,
    truncated: bool,
}

impl<const N: usize> Ring<N> {
    /// An empty log.
    pub const fn new() -> Self {
        const { assert!(N.is_power_of_two() && N >= 2 * (HEADER + MAX_TEXT)) };
        Self { buffer: [0; N], oldest: 0, end: 0, dropped: 0 }
    }

    /// Appends a record; `ticks` is the architected counter.
    pub fn push(&mut self, ticks: u64, level: Level, text: &str) {
        self.open(ticks, level).append(text);
    }

    /// Starts a record whose text is then written to the result.
    pub fn open(&mut self, ticks: u64, level: Level) -> Writer<'_, N> {
        self.make_room(HEADER);
        let start = self.end;
        let mut header = [0; HEADER];
        header[..8].copy_from_slice(&ticks.to_le_bytes());
        header[10] = level as u8;
        self.store(start, &header);
        self.end = start + HEADER as u64;
        Writer { ring: self, start, length: 0, truncated: false }
    }

    /// The record at `cursor`, which moves past it; a cursor whose record was overwritten goes on at the oldest.
    pub fn next(&self, cursor: &mut Cursor) -> Option<Record> {
        let start = cursor.0.max(self.oldest);
        if start >= self.end {
            cursor.0 = self.end;
            return None;
        }
        let header = self.header(start);
        let text_at = start + HEADER as u64;
        // A panic may have come between a record's length and its text: the text then ends where the log does.
        let length = u64::from(header.length).min(self.end.saturating_sub(text_at));
        cursor.0 = text_at + length;
        Some(Record {
            ticks: header.ticks,
            level: header.level,
            truncated: header.truncated,
            text: self.text(text_at, length as usize),
        })
    }

    /// Records overwritten so far.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    fn header(&self, at: u64) -> Header {
        let mut raw = [0; HEADER];
        self.load(at, &mut raw);
        let [t0, t1, t2, t3, t4, t5, t6, t7, l0, l1, level, truncated] = raw;
        Header {
            ticks: u64::from_le_bytes([t0, t1, t2, t3, t4, t5, t6, t7]),
            length: u16::from_le_bytes([l0, l1]),
            level: Level::from_byte(level),
            truncated: truncated != 0,
        }
    }

    fn text(&self, at: u64, length: usize) -> heapless::String<MAX_TEXT> {
        let mut bytes = [0; MAX_TEXT];
        let length = length.min(MAX_TEXT);
        self.load(at, &mut bytes[..length]);
        let mut text = heapless::String::new();
        for chunk in bytes[..length].utf8_chunks() {
            // Cannot fail: the text is no longer than the string's capacity.
            let _ = text.push_str(chunk.valid());
        }
        text
    }

    /// Overwrites whole records, oldest first, until `bytes` more fit.
    fn make_room(&mut self, bytes: usize) {
        while self.end + bytes as u64 - self.oldest > N as u64 {
            let length = self.header(self.oldest).length;
            self.oldest = (self.oldest + HEADER as u64 + u64::from(length)).min(self.end);
            self.dropped += 1;
        }
    }

    fn store(&mut self, at: u64, bytes: &[u8]) {
        let (start, first) = place::<N>(at, bytes.len());
        let (head, tail) = bytes.split_at(first);
        self.buffer[start..start + first].copy_from_slice(head);
        // Seldom round the end; a copy of nothing is a call, too.
        if !tail.is_empty() {
            self.buffer[..tail.len()].copy_from_slice(tail);
        }
    }

    fn load(&self, at: u64, bytes: &mut [u8]) {
        let (start, first) = place::<N>(at, bytes.len());
        let (head, tail) = bytes.split_at_mut(first);
        head.copy_from_slice(&self.buffer[start..start + first]);
        tail.copy_from_slice(&self.buffer[..tail.len()]);
    }
}

impl<const N: usize> Default for Ring<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Writer<'_, N> {
    /// Appends to the record's text.
    pub fn append(&mut self, text: &str) {
        if self.truncated {
            return;
        }
        let room = MAX_TEXT - self.length;
        let kept = text.get(..text.floor_char_boundary(room)).unwrap_or_default();
        self.ring.make_room(kept.len());
        // Text, then its length, then the end: whatever interrupts this finds a readable log.
        self.ring.store(self.ring.end, kept.as_bytes());
        self.length += kept.len();
        self.ring.store(self.start + LENGTH_AT, &(self.length as u16).to_le_bytes());
        self.ring.end += kept.len() as u64;
        if kept.len() < text.len() {
            self.truncated = true;
            self.ring.store(self.start + TRUNCATED_AT, &[1]);
        }
    }
}

impl<const N: usize> fmt::Write for Writer<'_, N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.append(text);
        Ok(())
    }
}

struct Header {
    ticks: u64,
    length: u16,
    level: Level,
    truncated: bool,
}

/// Where `length` bytes at a position begin in the buffer, and how many of them lie before its end; the rest wraps to its start.
const fn place<const N: usize>(position: u64, length: usize) -> (usize, usize) {
    let start = position as usize & (N - 1);
    let room = N - start;
    (start, if length < room { length } else { room })
}

/// What is promised of [`place`], for the tests and for Kani: two pieces of the buffer that don't overlap.
#[cfg(any(test, kani))]
fn is_apart(position: u64, length: usize) -> bool {
    const N: usize = 1024;
    let (start, first) = place::<N>(position, length);
    let wrapped = length - first;
    start as u64 == position % N as u64
        && start + first <= N
        && wrapped <= start
        && (wrapped == 0 || start + first == N)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::{format, string::String, vec::Vec};

    use proptest::prelude::*;

    use super::*;

    fn texts<const N: usize>(ring: &Ring<N>) -> Vec<String> {
        let mut cursor = Cursor::default();
        core::iter::from_fn(|| ring.next(&mut cursor)).map(|record| record.text.as_str().into()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn bytes_lie_in_two_pieces_of_the_buffer(position: u64, length in 0..=1024usize) {
            prop_assert!(is_apart(position, length));
        }
    }

    #[test]
    fn reading_does_not_drain() {
        let mut ring = Ring::<1024>::new();
        ring.push(7, Level::Warn, "one");
        ring.push(9, Level::Info, "");
        assert_eq!(texts(&ring), ["one", ""]);
        assert_eq!(texts(&ring), ["one", ""]);
        let first = ring.next(&mut Cursor::default()).unwrap();
        assert_eq!((first.ticks, first.level, first.truncated), (7, Level::Warn, false));
    }

    #[test]
    fn oldest_are_overwritten_and_counted() {
        let mut ring = Ring::<1024>::new();
        for n in 0..1000 {
            write!(ring.open(n, Level::Info), "record number {n}").unwrap();
            let texts = texts(&ring);
            assert_eq!(texts.last().unwrap(), &format!("record number {n}"));
            assert_eq!(texts.len() as u64 + ring.dropped(), n + 1);
        }
        assert!(ring.dropped() > 900);
    }

    #[test]
    fn a_cursor_whose_record_is_gone_goes_on_at_the_oldest() {
        let mut ring = Ring::<1024>::new();
        ring.push(0, Level::Info, "first");
        let mut cursor = Cursor::default();
        ring.next(&mut cursor);
        for n in 1..200 {
            ring.push(n, Level::Info, "later");
        }
        assert_eq!(ring.next(&mut cursor).unwrap().ticks, ring.dropped());
    }

    #[test]
    fn long_text_is_cut_at_a_character_and_marked() {
        let mut ring = Ring::<1024>::new();
        let text = format!("{}ü and more", "x".repeat(MAX_TEXT - 1));
        let mut writer = ring.open(0, Level::Error);
        writer.append(&text);
        writer.append("never glued to the cut");
        let record = ring.next(&mut Cursor::default()).unwrap();
        assert!(record.truncated);
        assert_eq!(record.text.as_str(), "x".repeat(MAX_TEXT - 1));
    }

    #[test]
    fn a_character_across_the_end_of_the_buffer_survives() {
        for shift in 0..8 {
            let mut ring = Ring::<1024>::new();
            ring.push(0, Level::Info, &"s".repeat(shift));
            for n in 0..20 {
                ring.push(n, Level::Info, &"ü€😀".repeat(9));
                assert_eq!(texts(&ring).last().unwrap(), &"ü€😀".repeat(9));
            }
        }
    }
}

#[cfg(kani)]
mod proofs {
    #[kani::proof]
    fn bytes_lie_in_two_pieces_of_the_buffer() {
        let length: usize = kani::any();
        kani::assume(length <= 1024);
        assert!(super::is_apart(kani::any(), length));
    }
}
