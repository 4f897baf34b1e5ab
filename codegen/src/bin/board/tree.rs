//! `tree FILE.dtb`: a device tree as Keel reads it.

use std::path::PathBuf;

use clap::Args;
use codegen::findings::Findings;
use codegen::outline;
use codegen::parse::tree::Blob;

use crate::{End, Refusal, output};

/// Which tree, and how to print it.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A flattened device tree.
    file: PathBuf,
    /// One JSON object per node and line.
    #[arg(long)]
    json: bool,
}

/// Prints the tree, or refuses a malformed one with the place.
pub(crate) fn run(arguments: &Arguments) -> Result<End, Refusal> {
    let mut findings = Findings::default();
    let mut records = Vec::new();
    let blob = Blob::read_file(&arguments.file, &mut findings);
    let tree = blob.as_ref().and_then(|blob| blob.open(&mut records, &mut findings));
    let tree = tree.ok_or_else(|| Refusal(findings.render()))?;
    output::print(if arguments.json { outline::json(&tree) } else { outline::text(&tree) });
    Ok(End::Fine)
}
