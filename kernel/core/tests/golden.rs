//! Transcripts: `tests/golden/*.txt` are sessions as a terminal shows them, and the shell must say the same again.
//!
//! `KEEL_BLESS=1` writes what the shell says into the files; read the difference before committing it.

mod common;

use std::fs;
use std::path::Path;

use common::{Fake, Terminal};

/// Types the lines after each prompt of a transcript and returns the transcript that this makes.
fn replay(transcript: &str, system: Fake) -> String {
    let mut terminal = Terminal::new(system);
    let lines = transcript.lines().filter_map(|line| line.strip_prefix("keel> "));
    lines.for_each(|line| terminal.bytes(format!("{line}\r").as_bytes()));
    // The last prompt waits for nothing.
    terminal.shown.strip_suffix("keel> ").unwrap_or(&terminal.shown).to_owned()
}

fn hold(name: &str, system: Fake) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let golden = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let said = replay(&golden, system);
    if std::env::var_os("KEEL_BLESS").is_some() {
        fs::write(&path, &said).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let different = golden.lines().zip(said.lines()).enumerate().find(|(_, (wanted, said))| wanted != said);
    if let Some((line, (wanted, said))) = different {
        panic!("{}:{}\n  wanted {wanted}\n  said   {said}", path.display(), line + 1);
    }
    assert_eq!(golden.lines().count(), said.lines().count(), "{}: lines", path.display());
}

#[test]
fn help() {
    hold("help.txt", Fake::new());
}

#[test]
fn board() {
    hold("board.txt", Fake::new());
}

#[test]
fn dt() {
    hold("dt.txt", Fake::new());
}

#[test]
fn kernel() {
    hold("kernel.txt", Fake::new());
}

#[test]
fn files() {
    hold("files.txt", Fake::new());
}

#[test]
fn mistakes() {
    hold("mistakes.txt", Fake::new());
}

#[test]
fn without_tree_and_board() {
    hold("bare.txt", Fake::bare());
}

#[test]
fn odd_tree() {
    hold("odd.txt", Fake::odd());
}
