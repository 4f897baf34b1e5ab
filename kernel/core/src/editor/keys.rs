//! Bytes of a terminal become keys: UTF-8, control characters, and the escape sequences of the cursor block
//! (ECMA-48 5.4 for CSI; SS3 as xterm sends it in application mode).

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Char(char),
    Enter,
    Tab,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    /// Ctrl with a letter that the editor binds, as its capital.
    Ctrl(u8),
    /// A control character without a meaning here.
    Control(char),
    /// A complete escape sequence without a meaning here.
    Unknown,
    /// Bytes that are no UTF-8.
    NotUtf8,
}

/// What a byte came to.
pub(super) enum Step {
    /// More bytes belong to it.
    Pending,
    /// A key.
    Key(Key),
    /// A key that ended before this byte: feed the byte again.
    Again(Key),
}

#[derive(Debug)]
pub(super) struct Decoder {
    state: State,
    /// The last byte was CR: an LF that follows belongs to it.
    after_cr: bool,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Ground,
    Escape,
    Csi { parameter: u8, length: u8 },
    Ss3,
    Utf8 { bytes: [u8; 4], have: u8, need: u8 },
}

/// A CSI sequence longer than this is no key of any terminal; give up on it rather than swallow the line.
const MAX_CSI: u8 = 16;

impl Decoder {
    pub(super) const fn new() -> Self {
        Self { state: State::Ground, after_cr: false }
    }

    pub(super) fn feed(&mut self, byte: u8) -> Step {
        let after_cr = core::mem::take(&mut self.after_cr);
        match core::mem::replace(&mut self.state, State::Ground) {
            State::Ground => self.ground(byte, after_cr),
            State::Escape => self.escape(byte),
            State::Csi { parameter, length } => self.csi(byte, parameter, length),
            State::Ss3 => match byte {
                b' '..=b'~' => Step::Key(final_key(byte)),
                _ => Step::Again(Key::Unknown),
            },
            State::Utf8 { bytes, have, need } => self.utf8(byte, bytes, have, need),
        }
    }

    fn ground(&mut self, byte: u8, after_cr: bool) -> Step {
        let key = match byte {
            b'\r' => {
                self.after_cr = true;
                Key::Enter
            }
            b'\n' if after_cr => return Step::Pending,
            b'\n' => Key::Enter,
            b'\t' => Key::Tab,
            0x08 | 0x7f => Key::Backspace,
            0x1b => return self.wait(State::Escape),
            b' '..=b'~' => Key::Char(byte as char),
            0x01..=0x1a if b"ABCDEFKLNPUW".contains(&(byte + b'@')) => Key::Ctrl(byte + b'@'),
            0x00..=0x1f => Key::Control(byte as char),
            0xc2..=0xdf => return self.wait(State::Utf8 { bytes: [byte, 0, 0, 0], have: 1, need: 2 }),
            0xe0..=0xef => return self.wait(State::Utf8 { bytes: [byte, 0, 0, 0], have: 1, need: 3 }),
            0xf0..=0xf4 => return self.wait(State::Utf8 { bytes: [byte, 0, 0, 0], have: 1, need: 4 }),
            _ => Key::NotUtf8,
        };
        Step::Key(key)
    }

    fn escape(&mut self, byte: u8) -> Step {
        match byte {
            b'[' => self.wait(State::Csi { parameter: 0, length: 0 }),
            b'O' => self.wait(State::Ss3),
            b' '..=b'~' => Step::Key(Key::Unknown),
            _ => Step::Again(Key::Unknown),
        }
    }

    fn csi(&mut self, byte: u8, parameter: u8, length: u8) -> Step {
        match byte {
            // Parameter and intermediate bytes; only the first parameter says the key, later ones are modifiers.
            b' '..=b'?' if length < MAX_CSI => {
                let parameter = match byte {
                    b'0'..=b'9' if length < 2 => parameter * 10 + (byte - b'0'),
                    _ => parameter,
                };
                self.wait(State::Csi { parameter, length: length + 1 })
            }
            b'~' => Step::Key(match parameter {
                1 | 7 => Key::Home,
                3 => Key::Delete,
                4 | 8 => Key::End,
                _ => Key::Unknown,
            }),
            b'@'..=b'~' => Step::Key(final_key(byte)),
            _ => Step::Again(Key::Unknown),
        }
    }

    fn utf8(&mut self, byte: u8, mut bytes: [u8; 4], have: u8, need: u8) -> Step {
        if !matches!(byte, 0x80..=0xbf) {
            return Step::Again(Key::NotUtf8);
        }
        if let Some(next) = bytes.get_mut(usize::from(have)) {
            *next = byte;
        }
        let have = have + 1;
        if have < need {
            return self.wait(State::Utf8 { bytes, have, need });
        }
        let text = bytes.get(..usize::from(need)).map(core::str::from_utf8);
        match text.and_then(Result::ok).and_then(|text| text.chars().next()) {
            Some(char) if char.is_control() => Step::Key(Key::Control(char)),
            Some(char) => Step::Key(Key::Char(char)),
            None => Step::Key(Key::NotUtf8),
        }
    }

    fn wait(&mut self, state: State) -> Step {
        self.state = state;
        Step::Pending
    }
}

/// The final byte of a cursor key's CSI or SS3 sequence.
fn final_key(byte: u8) -> Key {
    match byte {
        b'A' => Key::Up,
        b'B' => Key::Down,
        b'C' => Key::Right,
        b'D' => Key::Left,
        b'F' => Key::End,
        b'H' => Key::Home,
        _ => Key::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut decoder = Decoder::new();
        let mut keys = Vec::new();
        for &byte in bytes {
            loop {
                match decoder.feed(byte) {
                    Step::Pending => break,
                    Step::Key(key) => {
                        keys.push(key);
                        break;
                    }
                    Step::Again(key) => keys.push(key),
                }
            }
        }
        keys
    }

    #[test]
    fn one_enter_for_cr_lf_and_crlf() {
        assert_eq!(keys(b"\r\n"), [Key::Enter]);
        assert_eq!(keys(b"\n\n"), [Key::Enter, Key::Enter]);
        assert_eq!(keys(b"\r\r\n\n"), [Key::Enter, Key::Enter, Key::Enter]);
    }

    #[test]
    fn cursor_block_in_csi_and_ss3() {
        assert_eq!(keys(b"\x1b[A\x1bOB\x1b[1;5C"), [Key::Up, Key::Down, Key::Right]);
        assert_eq!(keys(b"\x1b[H\x1b[1~\x1b[7~\x1bOH"), [Key::Home; 4]);
        assert_eq!(keys(b"\x1b[F\x1b[4~\x1b[8~\x1bOF"), [Key::End; 4]);
        assert_eq!(keys(b"\x1b[3~"), [Key::Delete]);
    }

    #[test]
    fn broken_sequences_do_not_swallow_what_follows() {
        assert_eq!(keys(b"\x1b\rx"), [Key::Unknown, Key::Enter, Key::Char('x')]);
        assert_eq!(keys(b"\x1b[5\x03"), [Key::Unknown, Key::Ctrl(b'C')]);
        assert_eq!(keys(b"\xe2\x82x"), [Key::NotUtf8, Key::Char('x')]);
        assert_eq!(keys(b"\x1b[99999999999999999999A").first(), Some(&Key::Unknown));
    }

    #[test]
    fn utf8_and_what_is_none() {
        assert_eq!(keys("ü€😀".as_bytes()), [Key::Char('ü'), Key::Char('€'), Key::Char('😀')]);
        assert_eq!(keys(b"\xc0\x80"), [Key::NotUtf8, Key::NotUtf8]);
        assert_eq!(keys(b"\xed\xa0\x80"), [Key::NotUtf8], "a surrogate");
        assert_eq!(keys(b"\xc2\x9b"), [Key::Control('\u{9b}')], "C1's CSI");
    }
}
