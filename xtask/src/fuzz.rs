//! Fuzzing with libFuzzer on the stable toolchain: seeds, an instrumented build, bounded runs.
//!
//! `cargo fuzz` does the same with more comfort, but wants a nightly compiler. What it passes to rustc is stable by itself:
//! LLVM's coverage pass is asked for by name, and libFuzzer comes as a library.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::workspace;

/// The fuzz targets, `tests/fuzz/fuzz_targets/*.rs`.
pub(crate) const TARGETS: [&str; 3] = ["tree", "board", "binding"];

/// What makes rustc count edges and tell libFuzzer what is compared (LLVM, docs/SanitizerCoverage).
const INSTRUMENTED: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg=fuzzing",
];
/// An input that takes longer hangs.
const TIMEOUT_SECONDS: u32 = 10;
/// A run that takes more memory is a find, too.
const LIMIT_MIB: u32 = 2048;

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// Inputs that were tried.
    pub(crate) inputs: u64,
    /// Edges that the seeds reach, and that the run reached.
    pub(crate) covered: (u64, u64),
}

/// Fuzzes one target, or all of them one after the other, for `seconds` each.
pub(crate) fn run(target: Option<&str>, seconds: u32) -> Result<(), Failure> {
    seed()?;
    workspace::run(&mut build())?;
    for target in TARGETS.iter().filter(|name| target.is_none_or(|wanted| wanted == **name)) {
        workspace::run(&mut fuzzer(target, seconds)?)?;
    }
    Ok(())
}

/// The instrumented build, in a target folder of its own.
pub(crate) fn build() -> Command {
    let mut command = workspace::cargo(&["build", "--release", "--target", "host-tuple"]);
    command.arg("--manifest-path").arg(workspace::root().join("tests/fuzz/Cargo.toml"));
    command.arg("--target-dir").arg(folder("build"));
    command.env("CARGO_ENCODED_RUSTFLAGS", INSTRUMENTED.join("\x1f"));
    command
}

/// A run of a target that has been built, on the seeds and on what earlier runs have found.
pub(crate) fn fuzzer(target: &str, seconds: u32) -> Result<Command, Failure> {
    let (corpus, artifacts) = (folder("corpus").join(target), folder("artifacts").join(target));
    for folder in [&corpus, &artifacts] {
        fs::create_dir_all(folder).map_err(Failure::file(folder))?;
    }
    let mut command = Command::new(program(target));
    command.args([
        format!("-max_total_time={seconds}"),
        format!("-timeout={TIMEOUT_SECONDS}"),
        format!("-rss_limit_mb={LIMIT_MIB}"),
        format!("-artifact_prefix={}/", artifacts.display()),
        "-print_final_stats=1".to_owned(),
    ]);
    command.arg(corpus).arg(folder("seeds").join(target));
    Ok(command)
}

/// Copies what the project has of each kind of input beside each other.
pub(crate) fn seed() -> Result<(), Failure> {
    let root = workspace::root();
    let fixtures = root.join("codegen/tests/fixtures");
    for (target, folder_name, extension) in
        [("tree", "boards", "dtb"), ("board", "boards", "toml"), ("binding", "schemas/devices", "toml")]
    {
        let to = folder("seeds").join(target);
        fs::create_dir_all(&to).map_err(Failure::file(&to))?;
        let mut files = Vec::new();
        for from in [root.join(folder_name), fixtures.clone()] {
            find(&from, extension, &mut files);
        }
        let wanted = files.iter().filter(|file| file.parent().is_some_and(|parent| parent.ends_with(folder_name)));
        for file in wanted {
            let name = file.strip_prefix(&root).unwrap_or(file).to_string_lossy().replace(['/', '\\'], "-");
            fs::copy(file, to.join(name)).map_err(Failure::file(file))?;
        }
    }
    Ok(())
}

/// What libFuzzer says of a run that found nothing; an error where it wasn't guided by coverage.
pub(crate) fn outcome(log: &str) -> Result<Run, String> {
    let covered = |line: &str| line.split_once("cov: ").and_then(|(_, rest)| number(rest));
    let seeds = log.lines().find(|line| line.contains("INITED")).and_then(covered);
    let reached = log.lines().rev().find_map(covered);
    let inputs = log.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")).and_then(number);
    match (inputs, seeds.zip(reached)) {
        (Some(inputs), Some(covered)) => Ok(Run { inputs, covered }),
        (Some(_), None) => Err("the build isn't instrumented: libFuzzer saw no coverage".to_owned()),
        (None, _) => Err("libFuzzer ended without its statistics".to_owned()),
    }
}

fn number(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}

fn find(folder: &Path, extension: &str, files: &mut Vec<PathBuf>) {
    // A folder that isn't there has no seeds.
    for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            find(&path, extension, files);
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
}

fn folder(name: &str) -> PathBuf {
    workspace::target().join("fuzz").join(name)
}

/// Where Cargo put the program: the folder below is called as the host is.
fn program(target: &str) -> PathBuf {
    let built = fs::read_dir(folder("build")).into_iter().flatten().filter_map(Result::ok);
    let mut programs = built.map(|entry| entry.path().join("release").join(target)).filter(|path| path.is_file());
    programs.next().unwrap_or_else(|| folder("build").join(target))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUIDED: &str = "INFO: Loaded 1 modules   (49332 inline 8-bit counters)\n\
        #64\tINITED cov: 1200 ft: 3000 corp: 60/100Kb exec/s: 0 rss: 50Mb\n\
        #900\tNEW    cov: 1250 ft: 3100 corp: 61/100Kb\n\
        #5000\tDONE   cov: 1260 ft: 3111 corp: 70/110Kb\n\
        stat::number_of_executed_units: 5000\n";

    #[test]
    fn statistics_are_read() {
        assert_eq!(outcome(GUIDED), Ok(Run { inputs: 5000, covered: (1200, 1260) }));
    }

    #[test]
    fn a_blind_run_is_no_run() {
        assert!(outcome(&GUIDED.replace("cov: ", "")).is_err_and(|why| why.contains("isn't instrumented")));
        assert!(outcome("==1== ERROR: libFuzzer: deadly signal").is_err());
    }
}
