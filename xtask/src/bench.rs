//! `cargo xtask bench`: builds what is measured, then lets the bench of the `tests` package measure it.

use std::process::ExitCode;

use crate::failure::Failure;
use crate::image::{self, Profile};
use crate::workspace;

/// The board whose figures are promised.
const BOARD: &str = "qemu-virt";

/// Prints the figures; fails when one misses its bar.
pub(crate) fn run(json: bool) -> Result<ExitCode, Failure> {
    let built = image::build(&[BOARD], Profile::Release)?;
    let mut command = workspace::cargo(&["run", "--quiet", "--package", "tests", "--bin", "bench"]);
    command.args(["--profile", "measure", "--target", "host-tuple", "--"]).arg(built.image);
    if json {
        command.arg("--json");
    }
    // It has said itself what went wrong or which bar was missed.
    let passed = workspace::run(&mut command).is_ok();
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
