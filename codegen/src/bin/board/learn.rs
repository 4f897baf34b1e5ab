//! `learn NAME --log FILE`: the change to a board file that a boot log asks for.

use std::path::{Path, PathBuf};

use clap::Args;
use codegen::findings::Findings;
use codegen::parse::file;
use codegen::{learn, verify};

use crate::{End, Refusal, output, project};

/// Which board, which log.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A file name in `boards/`, without `.toml`, or the path of a board file.
    name: String,
    /// What the serial line said: a stop, or what `board facts --drift` or `board facts --json` printed.
    #[arg(long, value_name = "FILE")]
    log: PathBuf,
}

/// Prints the lines for the board file; what was left out of the log goes to standard error.
pub(crate) fn run(arguments: &Arguments, root: Option<&Path>) -> Result<End, Refusal> {
    let root = project::root(root)?;
    let refused = |findings: Findings| Refusal(findings.render());
    let board = verify::table(&root, &project::board(&arguments.name)?).map_err(refused)?;
    let mut findings = Findings::default();
    let log = file::log(&arguments.log, &mut findings).ok_or_else(|| refused(findings))?;
    let lesson = learn::learn(board, &log).map_err(refused)?;
    eprint!("{}", lesson.findings);
    match lesson.patch() {
        Some(patch) => output::print(patch),
        None => output::line(format_args!("# {} has nothing to learn from this log", board.file)),
    }
    let told = lesson.patch().is_some() || !lesson.findings.is_empty();
    Ok(if told { End::Found } else { End::Fine })
}
