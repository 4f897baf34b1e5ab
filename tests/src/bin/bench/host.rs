//! What the host side takes: generating a board's tables, and reading a large tree compared with other readers.

use std::process::Command;
use std::time::Instant;

use serde_json::Value;
use tests::{Cause, Failure, paths};

use crate::figure::Figures;

/// A build should not feel it.
const CODEGEN_MS: f64 = 20.0;
/// Ten look-ups against libfdt's.
const SHARE_OF_LIBFDT: f64 = 1.0 / 3.0;
const SAMPLES: usize = 21;

/// Takes the host's figures.
pub(crate) fn measure(figures: &mut Figures) -> Result<(), Failure> {
    codegen(figures)?;
    look_ups(figures)
}

/// From the files to the tables' text, as the kernel's build script does it.
fn codegen(figures: &mut Figures) -> Result<(), Failure> {
    let root = paths::root();
    let mut times = Vec::new();
    for _ in 0..SAMPLES {
        let begun = Instant::now();
        let generated = codegen::board(&root, "qemu-virt");
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        generated.map_err(|findings| tool("codegen", findings.to_string()))?;
    }
    // The work is the same each time; what one run takes longer than another is the machine's other work.
    let best = times.into_iter().fold(f64::INFINITY, f64::min);
    figures.add("codegen of qemu-virt", best, "ms", Some(CODEGEN_MS), &format!("best of {SAMPLES}, optimised build"));
    Ok(())
}

/// Ten look-ups in the Raspberry Pi 5's tree, opening it included, in multiples of what others take.
fn look_ups(figures: &mut Figures) -> Result<(), Failure> {
    let report = look_up_report()?;
    if let Some(why) = report["skipped"].as_str() {
        figures.skip("Pi 5 tree, look-ups against libfdt", "times", why);
        return Ok(());
    }
    let measured = |reader: &str, unit: &str| report[reader][unit].as_f64();
    for (reader, bar) in [("libfdt", Some(SHARE_OF_LIBFDT)), ("fdt", None)] {
        let name = format!("Pi 5 tree, look-ups against {reader}");
        let ratio = |unit: &str| Some(measured("ours", unit)? / measured(reader, unit)?);
        match (ratio("instructions"), ratio("nanoseconds")) {
            (Some(ratio), _) => figures.add(&name, ratio, "times", bar, "in instructions"),
            (None, Some(ratio)) => figures.add(&name, ratio, "times", bar, "in time; valgrind would count"),
            (None, None) => figures.skip(&name, "times", "it could not be built here"),
        }
    }
    Ok(())
}

fn look_up_report() -> Result<Value, Failure> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["bench", "--quiet", "--package", "hardware", "--target", "host-tuple", "--bench", "look_up"]);
    let output = cargo.args(["--", "--json"]).current_dir(paths::root()).output()?;
    if !output.status.success() {
        return Err(tool("cargo bench", String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| tool("cargo bench", error.to_string()))
}

fn tool(program: &str, what: String) -> Failure {
    Cause::Tool { program: program.to_owned(), what }.into()
}
