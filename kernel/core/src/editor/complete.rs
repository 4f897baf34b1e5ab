//! Tab: what all candidates share is inserted; if that is nothing, they are listed.

use core::fmt;

use super::screen::Screen;
use super::{Editor, Text};

/// Knows what could stand at the end of a line.
pub trait Completer {
    /// Calls `each` with every word that could take the place of `line`'s last one, in the order to list them, and
    /// returns the byte at which that last word starts.
    fn complete(&self, line: &str, each: &mut dyn FnMut(&str)) -> usize;
}

/// Columns of the list.
const WIDTH: usize = 80;

pub(super) fn complete(
    editor: &mut Editor,
    prompt: &str,
    completer: &dyn Completer,
    mut screen: Screen<'_>,
) -> fmt::Result {
    let mut found = Found::default();
    let before = editor.line.before();
    let start = completer.complete(before, &mut |candidate| found.add(candidate));
    let word = before.get(start..).unwrap_or_default();
    let rest = found.common.strip_prefix(word).unwrap_or_default();
    match found.count {
        0 => screen.bell(),
        1 => {
            let mut rest = Text::try_from(rest).unwrap_or_default();
            // A folder goes on; anything else is done. Without room for the space it does without.
            if !found.common.ends_with('/') {
                let _ = rest.push(' ');
            }
            editor.insert(&rest, screen)
        }
        _ if !rest.is_empty() => {
            let rest = Text::try_from(rest).unwrap_or_default();
            editor.insert(&rest, screen)
        }
        _ => {
            list(before, completer, found.widest, &mut screen)?;
            screen.line(prompt, &editor.line)
        }
    }
}

/// What the candidates have in common.
#[derive(Default)]
struct Found {
    count: usize,
    common: Text,
    widest: usize,
}

impl Found {
    fn add(&mut self, candidate: &str) {
        self.count += 1;
        self.widest = self.widest.max(label(candidate).chars().count());
        if self.count == 1 {
            self.common = Text::try_from(candidate).unwrap_or_default();
            return;
        }
        let pairs = self.common.chars().zip(candidate.chars());
        let shared = pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        self.common.truncate(shared);
    }
}

fn list(before: &str, completer: &dyn Completer, widest: usize, screen: &mut Screen<'_>) -> fmt::Result {
    let columns = (WIDTH / (widest + 2)).max(1);
    let (mut column, mut owed, mut result) = (0, 0, screen.text("\n"));
    completer.complete(before, &mut |candidate| {
        let label = label(candidate);
        if column == columns {
            result = result.and_then(|()| screen.text("\n"));
            (column, owed) = (0, 0);
        }
        result = result.and_then(|()| write!(screen.out(), "{:owed$}{label}", ""));
        owed = widest + 2 - label.chars().count();
        column += 1;
    });
    result?;
    screen.text("\n")
}

/// Of a path only its last part is listed.
fn label(candidate: &str) -> &str {
    let end = candidate.len() - usize::from(candidate.ends_with('/'));
    let slash = candidate.get(..end).and_then(|path| path.rfind('/'));
    slash.and_then(|slash| candidate.get(slash + 1..)).unwrap_or(candidate)
}
