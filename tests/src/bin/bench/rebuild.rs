//! How long somebody waits who changed one file of the kernel.

use std::fs::File;
use std::process::Command;
use std::time::{Instant, SystemTime};

use tests::{Cause, Failure, paths};

use crate::figure::Figures;

/// ArceOS takes 3.8, moss 49.
const SECONDS: f64 = 10.0;
/// A file that most of the kernel needs.
const TOUCHED: &str = "kernel/src/sched/run.rs";

/// A debug build after a touch. It is a wall time, so it holds on a machine that does nothing else.
pub(crate) fn measure(figures: &mut Figures) -> Result<(), Failure> {
    build()?;
    touch()?;
    let begun = Instant::now();
    build()?;
    let seconds = begun.elapsed().as_millis() as f64 / 1e3;
    figures.add("debug rebuild, one kernel file touched", seconds, "s", Some(SECONDS), TOUCHED);
    Ok(())
}

/// What `cargo build` does on a desk: without the settings that automata build with.
fn build() -> Result<(), Failure> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--package", "kernel", "--features", "board-qemu-virt"]);
    let output = cargo.env_remove("CARGO_INCREMENTAL").current_dir(paths::root()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let what = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(Cause::Tool { program: "cargo build".to_owned(), what }.into())
}

fn touch() -> Result<(), Failure> {
    let path = paths::root().join(TOUCHED);
    let touched = File::options().append(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
    touched.map_err(|source| Cause::File { path, source }.into())
}
