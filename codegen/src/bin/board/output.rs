//! Standard output, and files that people name.

use std::fmt::Display;
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use crate::Refusal;

/// Prints `text` as it is. A reader that has gone away, as `head` does, is no mistake; a full disk ends the command with 2,
/// as half an answer would pass for the whole.
pub(crate) fn print(text: impl Display) {
    let mut out = io::stdout().lock();
    match write!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            eprintln!("error: can't write to standard output: {error}");
            std::process::exit(2);
        }
        _ => {}
    }
}

/// Prints `text` as a line.
pub(crate) fn line(text: impl Display) {
    print(format_args!("{text}\n"));
}

/// Writes `text` to the file at `path`; one that is there is left alone unless `force` says otherwise.
pub(crate) fn file(path: &Path, text: &str, force: bool) -> Result<(), Refusal> {
    let mut options = OpenOptions::new();
    options.write(true).truncate(force).create(force).create_new(!force);
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Refusal(format!("error: `{}` is there already\n  = help: --force writes it anew", path.display()))
        }
        _ => Refusal(format!("error: can't write `{}`: {error}", path.display())),
    })
}
