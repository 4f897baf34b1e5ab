//! `verify NAME --live FILE.dtb`: the kernel's check on the host.

use std::path::{Path, PathBuf};

use clap::Args;
use codegen::findings::code;
use codegen::verify;

use crate::{End, Refusal, output, project};

/// Which board, which machine.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A file name in `boards/`, without `.toml`, or the path of a board file.
    name: String,
    /// The tree that firmware handed over: Linux has it in `/sys/firmware/fdt`.
    #[arg(long, value_name = "FILE")]
    live: PathBuf,
    /// All rows, a JSON object a line, as the kernel's `board facts --json` prints them.
    #[arg(long)]
    json: bool,
}

/// Prints the ledger. Differences for which the board file has a reason are fine.
pub(crate) fn run(arguments: &Arguments, root: Option<&Path>) -> Result<End, Refusal> {
    let root = project::root(root)?;
    let ledger = match verify::verify(&root, &project::board(&arguments.name)?, &arguments.live) {
        Ok(ledger) => ledger,
        Err(findings) if findings.iter().any(|finding| finding.code == code::FOREIGN_MACHINE) => {
            eprint!("{findings}");
            return Ok(End::Found);
        }
        Err(findings) => return Err(Refusal(findings.render())),
    };
    output::print(if arguments.json { verify::json(&ledger) } else { verify::text(&ledger) });
    Ok(if verify::unsettled(&ledger) == 0 { End::Fine } else { End::Found })
}
