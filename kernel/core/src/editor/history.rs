//! Lines that were entered, newest last, in a fixed number of bytes; the oldest make room.

const SIZE: usize = 1024;

#[derive(Debug)]
pub(super) struct History {
    /// Lines, each ended by LF.
    bytes: [u8; SIZE],
    length: usize,
}

impl History {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; SIZE], length: 0 }
    }

    /// Adds a line unless it is empty or the newest already.
    pub(super) fn add(&mut self, line: &str) {
        if line.trim_ascii().is_empty() || self.get(0) == Some(line) || line.len() >= SIZE {
            return;
        }
        while self.length + line.len() + 1 > SIZE {
            self.forget_oldest();
        }
        let end = self.length + line.len();
        self.bytes[self.length..end].copy_from_slice(line.as_bytes());
        self.bytes[end] = b'\n';
        self.length = end + 1;
    }

    /// The line `back` before the newest.
    pub(super) fn get(&self, back: usize) -> Option<&str> {
        let lines = self.bytes.get(..self.length)?.strip_suffix(b"\n")?;
        let line = lines.rsplit(|&byte| byte == b'\n').nth(back)?;
        core::str::from_utf8(line).ok()
    }

    fn forget_oldest(&mut self) {
        let lines = &self.bytes[..self.length];
        let oldest = lines.iter().position(|&byte| byte == b'\n').map_or(self.length, |end| end + 1);
        self.bytes.copy_within(oldest..self.length, 0);
        self.length -= oldest;
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    #[test]
    fn newest_first_without_repeats() {
        let mut history = History::new();
        for line in ["one", "two", "two", "", "  "] {
            history.add(line);
        }
        assert_eq!([history.get(0), history.get(1), history.get(2)], [Some("two"), Some("one"), None]);
    }

    #[test]
    fn oldest_make_room() {
        let mut history = History::new();
        // Miri takes its time: enough there for the room to be used twice.
        for n in if cfg!(miri) { 800 } else { 0 }..1000 {
            history.add(&format!("line {n}"));
            assert_eq!(history.get(0), Some(format!("line {n}").as_str()));
        }
        history.add(&"x".repeat(256));
        assert_eq!(history.get(1), Some("line 999"));
    }
}
