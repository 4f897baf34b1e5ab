//! `report NAME`: what a reviewer wants to see of a board.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use codegen::parse::home;

use crate::{End, Refusal, install, output, pages, project};

/// Which board, and in which notation.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A file name in `boards/`, without `.toml`, or the path of a board file.
    name: String,
    /// The notation.
    #[arg(long, value_enum, default_value = "md")]
    format: Format,
    /// The file to write; standard output unless told.
    #[arg(long, short, value_name = "FILE", group = "place")]
    output: Option<PathBuf>,
    /// Write docs/boards/NAME.md, in place of an earlier report, and list it in the README there.
    #[arg(long, group = "place", conflicts_with = "format")]
    write: bool,
    /// Write even where a file is there already.
    #[arg(long, requires = "place")]
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
    let report =
        codegen::report(&root, &project::board(&arguments.name)?).map_err(|findings| Refusal(findings.to_string()))?;
    let text = match arguments.format {
        Format::Md => report.markdown(),
        Format::Html => report.html(),
        Format::Json => report.json(),
    };
    match &arguments.output {
        _ if arguments.write => write(&root, arguments, text)?,
        None => output::print(text),
        Some(path) => output::file(path, &text, arguments.force)?,
    }
    let wrong = report.findings.iter().any(|finding| finding.severity == "error");
    Ok(if wrong { End::Found } else { End::Fine })
}

/// The page that is committed.
fn write(root: &Path, arguments: &Arguments, page: String) -> Result<(), Refusal> {
    let name = &arguments.name;
    if home::is_path(name) {
        let message = "error: docs/boards/ is for the boards of this project";
        return Err(Refusal(format!("{message}\n  = help: --output FILE writes the page of another one")));
    }
    if !pages::kept(root) {
        return Err(Refusal("error: this project has no docs/boards/README.md to list reports in".to_owned()));
    }
    if pages::is_own(root, name) && !arguments.force {
        let message = format!("error: `docs/boards/{name}.md` is no report");
        return Err(Refusal(format!("{message}\n  = help: --force replaces it")));
    }
    let files = pages::files(root, name, page);
    if files.iter().all(|file| fs::read(&file.path).is_ok_and(|bytes| bytes == file.bytes)) {
        output::line(format_args!("docs/boards/{name}.md is current"));
        return Ok(());
    }
    let written = install::install(&files);
    written.map_err(|error| Refusal(format!("error: nothing was written: {error}")))?;
    output::line(format_args!("docs/boards/{name}.md written"));
    Ok(())
}
