//! JSON (RFC 8259), written as it comes.

use core::fmt::{self, Display, Write};

use super::shown::escaped;

/// Writes one JSON value; commas come by themselves. Keys come before the values of an object's members.
pub struct Json<'o> {
    out: &'o mut dyn Write,
    /// Whether a comma is due before the next key or element.
    comma: bool,
}

impl<'o> Json<'o> {
    /// A value to be written to `out`.
    pub fn new(out: &'o mut dyn Write) -> Self {
        Self { out, comma: false }
    }

    /// Opens an object, `{`, or an array, `[`.
    pub fn open(&mut self, bracket: char) -> fmt::Result {
        self.separate()?;
        self.comma = false;
        self.out.write_char(bracket)
    }

    /// Closes what was opened: `}` or `]`.
    pub fn close(&mut self, bracket: char) -> fmt::Result {
        self.comma = true;
        self.out.write_char(bracket)
    }

    /// The key of the member whose value comes next.
    pub fn key(&mut self, key: &str) -> Result<&mut Self, fmt::Error> {
        self.text(&key)?;
        self.comma = false;
        self.out.write_char(':')?;
        Ok(self)
    }

    /// A string, escaped.
    pub fn text(&mut self, text: &dyn Display) -> fmt::Result {
        self.separate()?;
        self.out.write_char('"')?;
        write!(Escape(self.out), "{text}")?;
        self.out.write_char('"')
    }

    /// A string, or null.
    pub fn text_or_null(&mut self, text: Option<impl Display>) -> fmt::Result {
        match text {
            Some(text) => self.text(&text),
            None => self.bare(&"null"),
        }
    }

    /// A number.
    pub fn number(&mut self, number: u64) -> fmt::Result {
        self.bare(&number)
    }

    /// A number, or null.
    pub fn number_or_null(&mut self, number: Option<u64>) -> fmt::Result {
        match number {
            Some(number) => self.number(number),
            None => self.bare(&"null"),
        }
    }

    /// True or false.
    pub fn boolean(&mut self, value: bool) -> fmt::Result {
        self.bare(&value)
    }

    fn bare(&mut self, value: &dyn Display) -> fmt::Result {
        self.separate()?;
        write!(self.out, "{value}")
    }

    fn separate(&mut self) -> fmt::Result {
        if core::mem::replace(&mut self.comma, true) { self.out.write_char(',') } else { Ok(()) }
    }
}

/// Escapes what may not stand in a JSON string, and DEL and C1 with it so that no terminal obeys them.
struct Escape<'o>(&'o mut dyn Write);

impl Write for Escape<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let special = |char: char| matches!(char, '"' | '\\') || char.is_control();
        escaped(text, special, self.0, |char, out| match char {
            '"' | '\\' => write!(out, "\\{char}"),
            '\n' => out.write_str("\\n"),
            '\t' => out.write_str("\\t"),
            _ => write!(out, "\\u{:04x}", u32::from(char)),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;

    #[test]
    fn commas_and_escapes() {
        let mut out = String::new();
        let mut json = Json::new(&mut out);
        let mut write = || -> fmt::Result {
            json.open('{')?;
            json.key("a")?.number(1)?;
            json.key("b")?.open('[')?;
            json.text(&"q\"\\\n\u{1b}\u{9b}ü")?;
            json.boolean(true)?;
            json.open('{')?;
            json.close('}')?;
            json.close(']')?;
            json.key("c")?.text_or_null(None::<&str>)?;
            json.close('}')
        };
        write().unwrap();
        assert_eq!(out, r#"{"a":1,"b":["q\"\\\n\u001b\u009bü",true,{}],"c":null}"#);
    }
}
