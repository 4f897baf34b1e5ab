//! A line becomes commands, a command words: quotes, backslashes, `;` and `$?`, errors with their place.

/// Words that a command can have.
const MAX_WORDS: usize = 32;
/// A line's text with every `$?` written out.
const MAX_TEXT: usize = 512;

/// What a backslash escapes in double quotes.
const ESCAPED: [&str; 3] = ["\\\"", "\\\\", "\\$"];

/// The words of one command, unquoted.
#[derive(Debug, Default)]
pub(super) struct Words {
    text: heapless::String<MAX_TEXT>,
    ends: heapless::Vec<u16, MAX_WORDS>,
}

/// Takes a line apart, one command after the other.
#[derive(Debug)]
pub(super) struct Lexer<'l> {
    line: &'l str,
    at: usize,
}

/// What is wrong with a line, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// Characters before the place.
    pub(super) column: usize,
    pub(super) kind: SyntaxErrorKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum SyntaxErrorKind {
    #[error("this quote is never closed")]
    Unclosed,
    #[error("there is nothing after this backslash")]
    Dangling,
    #[error("there are no pipes, redirections or jobs here; quote it to mean the character")]
    Operator,
    #[error("a command has at most {MAX_WORDS} words")]
    TooManyWords,
    #[error("too long with $? written out")]
    TooLong,
}

impl Words {
    /// The nth word.
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let start = match index {
            0 => 0,
            _ => *self.ends.get(index - 1)?,
        };
        let end = *self.ends.get(index)?;
        self.text.get(start.into()..end.into())
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
}

impl<'l> Lexer<'l> {
    pub(super) fn new(line: &'l str) -> Self {
        Self { line, at: 0 }
    }

    /// The words of the next command that has any; `None` after the last. `status` is what `$?` stands for.
    pub(super) fn next(&mut self, status: u8) -> Result<Option<Words>, SyntaxError> {
        let mut words = Words::default();
        loop {
            match self.peek() {
                Some(' ' | '\t') => self.skip(),
                Some(';') => {
                    self.skip();
                    if words.len() > 0 {
                        return Ok(Some(words));
                    }
                }
                Some(_) => self.word(status, &mut words)?,
                None => return Ok((words.len() > 0).then_some(words)),
            }
        }
    }

    /// Whether nothing but blanks and semicolons is left.
    pub(super) fn is_done(&self) -> bool {
        self.rest().trim_matches([' ', '\t', ';']).is_empty()
    }

    fn word(&mut self, status: u8, words: &mut Words) -> Result<(), SyntaxError> {
        let start = self.at;
        while let Some(char) = self.peek() {
            match char {
                ' ' | '\t' | ';' => break,
                '|' | '<' | '>' | '&' => return Err(self.error(self.at, SyntaxErrorKind::Operator)),
                '\'' => self.single_quoted(words)?,
                '"' => self.double_quoted(status, words)?,
                '\\' => self.escaped(words)?,
                '$' => self.dollar(status, words)?,
                _ => self.plain(words)?,
            }
        }
        let end = words.text.len() as u16;
        words.ends.push(end).map_err(|_| self.error(start, SyntaxErrorKind::TooManyWords))
    }

    fn single_quoted(&mut self, words: &mut Words) -> Result<(), SyntaxError> {
        let open = self.at;
        self.skip();
        loop {
            match self.peek() {
                None => return Err(self.error(open, SyntaxErrorKind::Unclosed)),
                Some('\'') => break self.skip(),
                Some(_) => self.plain(words)?,
            }
        }
        Ok(())
    }

    fn double_quoted(&mut self, status: u8, words: &mut Words) -> Result<(), SyntaxError> {
        let open = self.at;
        self.skip();
        loop {
            match self.peek() {
                None => return Err(self.error(open, SyntaxErrorKind::Unclosed)),
                Some('"') => break self.skip(),
                Some('$') => self.dollar(status, words)?,
                // As POSIX has it, a backslash in double quotes is one unless it stands before these.
                Some('\\') if ESCAPED.iter().any(|pair| self.rest().starts_with(pair)) => self.escaped(words)?,
                Some(_) => self.plain(words)?,
            }
        }
        Ok(())
    }

    fn escaped(&mut self, words: &mut Words) -> Result<(), SyntaxError> {
        let backslash = self.at;
        self.skip();
        match self.peek() {
            None => Err(self.error(backslash, SyntaxErrorKind::Dangling)),
            Some(_) => self.plain(words),
        }
    }

    fn dollar(&mut self, status: u8, words: &mut Words) -> Result<(), SyntaxError> {
        if !self.rest().starts_with("$?") {
            return self.plain(words);
        }
        let at = self.at;
        self.at += 2;
        core::fmt::write(&mut words.text, format_args!("{status}"))
            .map_err(|_| self.error(at, SyntaxErrorKind::TooLong))
    }

    /// Takes the next character as itself.
    fn plain(&mut self, words: &mut Words) -> Result<(), SyntaxError> {
        let at = self.at;
        let Some(char) = self.peek() else { return Ok(()) };
        self.skip();
        words.text.push(char).map_err(|_| self.error(at, SyntaxErrorKind::TooLong))
    }

    fn rest(&self) -> &'l str {
        self.line.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    fn error(&self, at: usize, kind: SyntaxErrorKind) -> SyntaxError {
        let before = self.line.get(..at).unwrap_or(self.line);
        SyntaxError { column: before.chars().count(), kind }
    }
}

#[cfg(test)]
mod tests {
    use std::string::{String, ToString};
    use std::vec::Vec;

    use super::*;

    fn commands(line: &str) -> Result<Vec<Vec<String>>, SyntaxError> {
        let mut lexer = Lexer::new(line);
        let mut commands = Vec::new();
        while let Some(words) = lexer.next(7)? {
            commands.push((0..words.len()).map(|index| words.get(index).unwrap().to_string()).collect());
        }
        Ok(commands)
    }

    #[test]
    fn quotes_escapes_and_the_status() {
        assert_eq!(commands(r#" echo  "a b"'c d'e\ f "" "#).unwrap(), [["echo", "a bc de f", ""]]);
        assert_eq!(
            commands(r#"echo "\"\\\$?\x" '$?\' $? "$?x" $x"#).unwrap(),
            [["echo", "\"\\$?\\x", "$?\\", "7", "7x", "$x"]]
        );
        assert_eq!(commands("a;b c;;'d;e'; ").unwrap(), [&["a"][..], &["b", "c"], &["d;e"]]);
        assert!(commands(" ; ").unwrap().is_empty());
    }

    #[test]
    fn errors_have_a_place() {
        let error = |line| commands(line).unwrap_err();
        assert_eq!(error("echo ü\"abc"), SyntaxError { column: 6, kind: SyntaxErrorKind::Unclosed });
        assert_eq!(error("echo 'a;b"), SyntaxError { column: 5, kind: SyntaxErrorKind::Unclosed });
        assert_eq!(error("echo a\\"), SyntaxError { column: 6, kind: SyntaxErrorKind::Dangling });
        assert_eq!(error("log | cat"), SyntaxError { column: 4, kind: SyntaxErrorKind::Operator });
        let many = "x ".repeat(MAX_WORDS + 1);
        assert_eq!(error(&many), SyntaxError { column: 2 * MAX_WORDS, kind: SyntaxErrorKind::TooManyWords });
        assert_eq!(commands(&"$?".repeat(128)).unwrap(), [["7".repeat(128)]]);
    }
}
