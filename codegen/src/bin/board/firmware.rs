//! `firmware NAME`: the configuration that the board's firmware reads, from `[firmware]` in the board file.

use std::path::{Path, PathBuf};

use clap::Args;
use codegen::emit::firmware::{CONFIG, config_txt};

use crate::{End, Refusal, output, project};

/// Which board, and where to.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A file name in `boards/`, without `.toml`, or the path of a board file.
    name: String,
    /// The folder to write `config.txt` to, such as a mounted card; standard output unless told.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write even where the file is there already.
    #[arg(long, requires = "out")]
    force: bool,
}

/// Writes the file. A board whose firmware isn't configured has none.
pub(crate) fn run(arguments: &Arguments, root: Option<&Path>) -> Result<End, Refusal> {
    let root = project::root(root)?;
    let name = &arguments.name;
    let board = codegen::board(&root, &project::board(name)?).map_err(|findings| Refusal(findings.render()))?.board;
    let text = config_txt(&board).ok_or_else(|| {
        Refusal(format!(
            "error: the board file of `{name}` has no [firmware]\n  = help: write one, a key of config.txt a line; {GUIDE}"
        ))
    })?;
    match &arguments.out {
        None => output::print(text),
        Some(folder) => {
            let path = folder.join(CONFIG);
            output::file(&path, &text, arguments.force)?;
            output::line(format_args!("{} written", path.display()));
        }
    }
    Ok(End::Fine)
}

const GUIDE: &str = "docs/guides/board-file.md shows how";
