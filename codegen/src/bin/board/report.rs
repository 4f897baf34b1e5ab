//! `report NAME`: what a reviewer wants to see of a board.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::{End, Refusal, output, project};

/// Which board, and in which notation.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A file name in `boards/`, without `.toml`.
    name: String,
    /// The notation.
    #[arg(long, value_enum, default_value = "md")]
    format: Format,
    /// The file to write; standard output unless told.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write even where the file is there already.
    #[arg(long, requires = "output")]
    force: bool,
}

/// The notations.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Markdown, as docs/boards/ has it.
    Md,
    /// One page that needs nothing else.
    Html,
    /// For other tools; docs/boards/README.md has the keys.
    Json,
}

/// Writes the report. A board with errors has one too, with the errors in it.
pub(crate) fn run(arguments: &Arguments, root: Option<&Path>) -> Result<End, Refusal> {
    let root = project::root(root)?;
    let report = codegen::report(&root, &arguments.name).map_err(|findings| Refusal(findings.to_string()))?;
    let text = match arguments.format {
        Format::Md => report.markdown(),
        Format::Html => report.html(),
        Format::Json => report.json(),
    };
    match &arguments.output {
        None => output::print(text),
        Some(path) => output::file(path, &text, arguments.force)?,
    }
    let wrong = report.findings.iter().any(|finding| finding.severity == "error");
    Ok(if wrong { End::Found } else { End::Fine })
}
