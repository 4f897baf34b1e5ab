//! `diff A B`: what differs between two boards, two trees, or a board and a tree.

use std::path::{Path, PathBuf};

use clap::Args;
use codegen::diff::{self, Change};
use codegen::emit::memory;
use codegen::findings::Findings;
use codegen::parse::home;
use codegen::parse::tree::Blob;

use crate::{End, Refusal, output, project};

/// What to compare, and how to say it.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A board's name, or the path of a board file or of a device tree.
    first: PathBuf,
    /// Another one.
    second: PathBuf,
    /// One JSON object per difference and line.
    #[arg(long)]
    json: bool,
}

/// A tree, and the table that goes with it where it is a board's.
struct Side {
    blob: Blob,
    table: Option<&'static hardware::board::Board>,
}

/// Prints the differences. Volatile values and notation don't count.
pub(crate) fn run(arguments: &Arguments, root: Option<&Path>) -> Result<End, Refusal> {
    let first = side(&arguments.first, root)?;
    let second = side(&arguments.second, root)?;
    let mut changes = trees(&first.blob, &second.blob)?;
    if let (Some(first), Some(second)) = (first.table, second.table) {
        changes.extend(diff::boards(first, second));
    }
    output::print(if arguments.json { diff::json(&changes) } else { diff::text(&changes) });
    Ok(if changes.is_empty() { End::Fine } else { End::Found })
}

fn trees(first: &Blob, second: &Blob) -> Result<Vec<Change>, Refusal> {
    let mut findings = Findings::default();
    let mut records = [Vec::new(), Vec::new()];
    let [of_first, of_second] = &mut records;
    let trees = first.open(of_first, &mut findings).zip(second.open(of_second, &mut findings));
    let (first, second) = trees.ok_or_else(|| Refusal(findings.render()))?;
    Ok(diff::trees(&first, &second))
}

/// A board where it is a board file or the project has one of that name, else a tree.
fn side(operand: &Path, root: Option<&Path>) -> Result<Side, Refusal> {
    let refused = |findings: Findings| Refusal(findings.render());
    let mut findings = Findings::default();
    // Two trees can be compared without any project around.
    if let Some((root, name)) = project::root(root).ok().zip(operand.to_str())
        && (home::is_path(name) || codegen::boards(&root).iter().any(|board| board == name))
    {
        let generated = codegen::board(&root, &project::board(name)?).map_err(refused)?;
        let table = memory::board(&generated.board, generated.bindings.as_slice());
        let blob = Blob::read_file(&root.join(table.tree), &mut findings).ok_or_else(|| refused(findings))?;
        return Ok(Side { blob, table: Some(table) });
    }
    let blob = Blob::read_file(operand, &mut findings).ok_or_else(|| refused(findings))?;
    Ok(Side { blob, table: None })
}
