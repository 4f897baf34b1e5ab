//! Foreign text that people read: names come from trees and logs, and those from anywhere. A terminal obeys some characters,
//! others can't be seen or turn the line around (UAX #9), so all of them are shown by their numbers.

/// `text`, which stands in a line.
pub fn visible(text: &str) -> String {
    escaped(text, is_hidden)
}

/// `text`, whose lines stay lines.
pub fn visible_lines(text: &str) -> String {
    escaped(text, |c| c != '\n' && is_hidden(c))
}

fn escaped(text: &str, hidden: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if hidden(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    shown
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::{visible, visible_lines};

    #[test]
    fn hidden_characters_show() {
        assert_eq!(visible("a\u{202e}b\n"), "a\\u{202e}b\\u{a}");
        assert_eq!(visible_lines("\u{1b}[31mred\n–\n"), "\\u{1b}[31mred\n–\n");
    }
}
