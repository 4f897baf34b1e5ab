//! `check [NAME…]`: all findings, for people, programs or a forge.

use std::path::Path;

use clap::Args;
use codegen::findings::{Findings, Severity, json, sarif};
use codegen::model::board::Board;

use crate::{End, Refusal, output, project};

/// Which boards, and how to say it.
#[derive(Args)]
pub(crate) struct Arguments {
    /// File names in `boards/`, without `.toml`, or paths of board files; all of `boards/` unless told.
    names: Vec<String>,
    /// As one JSON object.
    #[arg(long, conflicts_with = "sarif")]
    json: bool,
    /// As SARIF 2.1.0, which forges show beside the change.
    #[arg(long)]
    sarif: bool,
}

/// Checks the boards and prints what was found. Only errors count as found: warnings don't stop a build.
pub(crate) fn run(arguments: &Arguments, root: Option<&Path>) -> Result<End, Refusal> {
    let root = project::root(root)?;
    let all = codegen::boards(&root);
    let told = arguments.names.iter().map(|name| project::board(name)).collect::<Result<Vec<_>, _>>()?;
    let names = if told.is_empty() { &all } else { &told };
    let mut found = Findings::default();
    for name in names {
        let (board, findings) = match codegen::board(&root, name) {
            Ok(generated) => (Some(generated.board), generated.findings),
            Err(findings) => (None, findings),
        };
        let summary = summary(name, board.as_ref(), &findings);
        // What boards share is found for each of them, and said once.
        let new = found.extend_new(findings);
        if !arguments.json && !arguments.sarif {
            eprint!("{new}");
            output::line(summary);
        }
    }
    if arguments.json {
        output::line(json::log(&found));
    } else if arguments.sarif {
        output::line(sarif::log(&found));
    }
    Ok(if found.has_errors() { End::Found } else { End::Fine })
}

/// One line about a board.
fn summary(name: &str, board: Option<&Board>, findings: &Findings) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let Some(board) = board else {
        return format!("{name}: nothing can be generated; errors: {errors}, warnings: {warnings}");
    };
    // Told by its path, it still has a name.
    let name = &board.name;
    let driven = board.devices.iter().filter(|device| device.driver.is_some()).count();
    format!(
        "{name}: {} devices ({driven} with a driver), {} facts, {} CPUs; warnings: {warnings}",
        board.devices.len(),
        board.facts.len(),
        board.cpus.len(),
    )
}
