//! `cargo xtask corpus`: the `board` command, optimised, over a folder of trees.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::failure::Failure;
use crate::workspace::{self, KERNEL_TARGET};

/// Which trees, and whether rustc sees what is generated.
#[derive(Args)]
pub(crate) struct Options {
    /// A folder of device trees, searched through all its folders.
    folder: PathBuf,
    /// Only so many of them, evenly spread.
    #[arg(long, value_name = "COUNT")]
    take: Option<usize>,
    /// Have rustc check the generated Rust of all of them.
    #[arg(long)]
    compile: bool,
}

/// Builds the command and runs it; its status is ours.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let mut command = workspace::cargo(&["run", "--quiet", "--package", "codegen", "--features", "codegen/cli"]);
    command.args(["--bin", "board", "--profile", "measure", "--target", "host-tuple", "--", "corpus"]);
    let folder = std::path::absolute(&options.folder).map_err(Failure::file(&options.folder))?;
    command.arg(folder).args(["--target", KERNEL_TARGET]);
    if let Some(count) = options.take {
        command.arg("--take").arg(count.to_string());
    }
    if options.compile {
        command.arg("--compile");
    }
    let status = command.status().map_err(|source| Failure::Start { program: "cargo".to_owned(), source })?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
