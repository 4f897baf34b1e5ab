//! Tokens as text that is pleasant to read.
//!
//! prettyplease breaks what doesn't fit 88 columns. The ledger reads better as a table with one row a line, so rows are
//! joined again and get a heading per device.

use proc_macro2::TokenStream;

use super::ORIGIN;
use crate::model::board::Board;

/// How a ledger row starts.
const ROW: &str = "Fact::";

/// `tokens` laid out; `board` names the devices that rows belong to.
pub(super) fn text(tokens: TokenStream, board: Option<&Board>) -> String {
    let printed = match syn::parse2(tokens.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        // Only a mistake of the emitter leads here; rustc will show it.
        Err(_) => tokens.to_string(),
    };
    air(&headings(&join_rows(&comments(&printed)), board))
}

/// An empty line before each documented item.
fn air(text: &str) -> String {
    let mut airy = String::with_capacity(text.len());
    let mut last = "";
    for line in text.lines() {
        let documented = line.trim_start().starts_with("///") && !last.trim_start().starts_with("///");
        if documented && !last.is_empty() {
            airy.push('\n');
        }
        airy.push_str(line);
        airy.push('\n');
        last = line;
    }
    airy
}

/// Origins from doc comments to comments. A text that holds the same characters stays as it is.
fn comments(printed: &str) -> String {
    let marker = format!("///{ORIGIN}");
    let line = |line: &str| match line.split_once(&marker) {
        Some((indent, origin)) if indent.trim().is_empty() => format!("{indent}//{origin}"),
        _ => line.to_owned(),
    };
    printed.split_inclusive('\n').map(line).collect()
}

/// Ledger rows on one line each.
fn join_rows(printed: &str) -> String {
    let mut text = String::with_capacity(printed.len());
    let mut row: Option<(usize, String)> = None;
    for line in printed.lines() {
        let indent = line.len() - line.trim_start().len();
        let part = line.trim();
        row = match row {
            None if part.starts_with(ROW) && !part.ends_with("),") => Some((indent, part.to_owned())),
            None => {
                text.push_str(line);
                text.push('\n');
                None
            }
            Some((start, mut joined)) => {
                if joined.ends_with(',') && !part.starts_with(')') {
                    joined.push(' ');
                } else if part.starts_with(')') && joined.ends_with(',') {
                    joined.pop();
                }
                joined.push_str(part);
                if indent == start && part.ends_with("),")
                    || indent == start + 4 && part.starts_with('.') && part.ends_with("),")
                {
                    text.push_str(&" ".repeat(start));
                    text.push_str(&joined);
                    text.push('\n');
                    None
                } else {
                    Some((start, joined))
                }
            }
        };
    }
    text
}

/// A comment above the first row of each device.
fn headings(joined: &str, board: Option<&Board>) -> String {
    let Some(board) = board else { return joined.to_owned() };
    let mut facts = board.facts.iter();
    let mut last = None;
    let mut text = String::with_capacity(joined.len());
    for line in joined.lines() {
        if line.trim_start().starts_with(ROW) {
            let device = facts.next().map(|fact| fact.device);
            if device != last {
                last = device;
                let heading = match device.flatten() {
                    Some(index) => format!("{index}: {}", board.devices[index].name),
                    None => "CPUs".to_owned(),
                };
                text.push_str(&format!("        // {heading}\n"));
            }
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_origins_become_comments() {
        let printed = "    ///~ b.toml:3\n    name: \"///~ b\",\n    /// A ///~ b.\n";
        assert_eq!(super::comments(printed), "    // b.toml:3\n    name: \"///~ b\",\n    /// A ///~ b.\n");
    }
}
