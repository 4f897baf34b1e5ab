//! The board file's text: what was decided, and comments where a person has to.

use super::identity::line;
use super::{Decision, Entry};

/// Lines are no longer than this, as everywhere in the project.
const WIDTH: usize = 120;

/// The file. Keys come in the order of `decisions`, tables behind them.
pub(super) fn write(decisions: &[Decision]) -> String {
    let mut text = "#:schema ../schemas/board.schema.json\n[board]\n".to_owned();
    for decision in decisions {
        if let Entry::Key(value) = &decision.entry {
            text += &format!("{:<10} = {value}\n", decision.what);
        }
    }
    for decision in decisions {
        match &decision.entry {
            Entry::Default | Entry::Key(_) => {}
            Entry::Table(table) => text += &format!("\n{table}"),
            Entry::Open(lines) => {
                text.push('\n');
                let question = line(&format!("Open, {}: {}", decision.what, decision.why));
                for comment in wrap(&question).iter().chain(lines) {
                    text += &format!("# {comment}\n");
                }
            }
        }
    }
    text
}

/// `text` in lines that fit behind `# `.
fn wrap(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH - 2 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
