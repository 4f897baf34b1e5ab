//! `corpus DIR`: every tree of a folder through draft, check, report, verify and code generation, with the times.
//!
//! Nothing is written into the project. [`trees`] finds the files, [`row`] measures one, [`table`] prints all, [`compile`] hands
//! the generated Rust to rustc.

mod compile;
mod row;
mod table;
mod trees;

use std::path::{Path, PathBuf};

use clap::Args;
use codegen::draft::Drafter;
use indicatif::{ProgressBar, ProgressStyle};

use self::row::Row;
use crate::{End, Refusal, output, project};

/// Which trees.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A folder of device trees, searched through all its folders.
    folder: PathBuf,
    /// Only so many of them, evenly spread.
    #[arg(long, value_name = "COUNT")]
    take: Option<usize>,
    /// Have rustc check the generated Rust of all of them.
    #[arg(long)]
    compile: bool,
    /// The target to compile for.
    #[arg(long, value_name = "TRIPLE", default_value = "aarch64-unknown-none-softfloat")]
    target: String,
}

/// Measures all trees and prints the table. What doesn't come through, or isn't all match, counts as found.
pub(crate) fn run(arguments: &Arguments, root: Option<&Path>) -> Result<End, Refusal> {
    let root = project::root(root)?;
    let mut trees = trees::find(&arguments.folder)?;
    if let Some(count) = arguments.take {
        trees = trees::spread(trees, count);
    }
    let drafter = Drafter::new(&root).map_err(|findings| Refusal(findings.render()))?;
    let rows = measure(&drafter, &arguments.folder, &trees);
    output::print(table::text(&rows));
    let mut fine = rows.iter().all(Row::is_fine);
    if arguments.compile {
        let tables: Vec<&str> = rows.iter().filter_map(|row| row.tables.as_deref()).collect();
        let compiled = compile::check(&root, &tables, &arguments.target)?;
        output::line(format_args!("compiled: {} of {} tables for {}", compiled, rows.len(), arguments.target));
        fine &= compiled == rows.len();
    }
    Ok(if fine { End::Fine } else { End::Found })
}

/// One row per tree. Only a terminal sees the progress bar.
fn measure(drafter: &Drafter, folder: &Path, trees: &[PathBuf]) -> Vec<Row> {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {elapsed} {msg}");
    let bar = ProgressBar::new(trees.len() as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let rows = trees.iter().enumerate().map(|(index, tree)| {
        let name = tree.strip_prefix(folder).unwrap_or(tree).to_string_lossy().into_owned();
        bar.set_message(name.clone());
        let row = row::measure(drafter, &format!("b{index}"), name, tree);
        bar.inc(1);
        row
    });
    let rows = rows.collect();
    bar.finish_and_clear();
    rows
}
