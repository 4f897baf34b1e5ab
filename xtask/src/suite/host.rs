//! The test programs: built by one Cargo call, so that features and artefacts are shared, and run one by one.
//!
//! Two kinds of lines that a passing test prints have a meaning here: `skipped: WHY` counts the test as skipped,
//! `figure: …` is shown under the row.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::report::{Beside, Log, Outcome, Report};
use super::{ON_HOST, Profile};
use crate::failure::Failure;
use crate::image;
use crate::workspace;

/// The program that lets a machine do everything at once for a minute, whatever else the host does meanwhile.
const STRAINED: &str = "tests/stress";

/// The board that the boot tests boot.
const BOOTED: &str = "qemu-virt";

/// One program that libtest made.
#[derive(Debug, PartialEq, Eq)]
struct Program {
    /// `codegen` for unit tests, `tests/boot` for integration tests.
    name: String,
    path: PathBuf,
    package_folder: PathBuf,
}

/// Builds all of them, then runs a step for each, and one boot of the unoptimised image. [`STRAINED`] has only begun when
/// this returns.
pub(super) fn run(report: &mut Report) -> Result<Option<Beside>, Failure> {
    let programs = build()?;
    let image = OnceCell::new();
    for program in programs.iter().filter(|program| program.name != STRAINED) {
        report.step(&format!("tests {}", program.name), |log| {
            let mut command = command(program);
            if program.name.starts_with("tests/") {
                // Built once, not by each program for itself.
                let image = image.get_or_init(|| boot_image(log, Profile::Release));
                command.env("KEEL_IMAGE", image.as_ref().map_err(Clone::clone)?);
            }
            tested(log, &mut command)
        });
    }
    if let Some(boot) = programs.iter().find(|program| program.name == "tests/boot") {
        report.step(&format!("tests tests/boot of {BOOTED} dev"), |log| {
            let image = boot_image(log, Profile::Dev)?;
            tested(log, command(boot).env("KEEL_IMAGE", image).args(["four_cpus_at_el1", "four_cpus_at_el2"]))
        });
    }
    let strained = programs.iter().find(|program| program.name == STRAINED);
    Ok(strained.and_then(|program| {
        let (mut command, image) = (command(program), image.into_inner());
        report.begin(&format!("tests {STRAINED}"), move |log| {
            command.env("KEEL_IMAGE", image.unwrap_or_else(|| boot_image(log, Profile::Release))?);
            tested(log, &mut command)
        })
    }))
}

/// A failed run still has counts; only a program that never got to counting is an error itself.
fn tested(log: &mut Log, command: &mut Command) -> Result<Outcome, String> {
    let ended = log.run(command);
    let outcome = counted(log)?;
    if outcome.failed == 0 { ended.map(|()| outcome) } else { Ok(outcome) }
}

/// What libtest says it came to.
pub(super) fn counted(log: &Log) -> Result<Outcome, String> {
    let text = log.text();
    let results: Vec<[usize; 3]> = text.lines().filter_map(result).collect();
    if results.is_empty() {
        return Err("it ended before its `test result:`".to_owned());
    }
    let sum = |column: usize| results.iter().map(|counts| counts[column]).sum::<usize>();
    let mut skipped: Vec<String> = lines(&text, "skipped: ");
    let passed = sum(0).saturating_sub(skipped.len());
    skipped.extend((0..sum(2)).map(|_| "marked `ignore`".to_owned()));
    let count = passed + sum(1);
    let detail = format!("{count} test{}", if count == 1 { "" } else { "s" });
    Ok(Outcome { passed, failed: sum(1), skipped, detail, figures: lines(&text, "figure: ") })
}

fn build() -> Result<Vec<Program>, Failure> {
    let mut cargo = workspace::cargo(&["test", "--no-run", "--lib", "--bins", "--tests"]);
    cargo.args(ON_HOST).arg("--message-format=json-render-diagnostics");
    let output = workspace::capture(cargo.stderr(Stdio::inherit()))?;
    if !output.status.success() {
        return Err(workspace::failed(&cargo, &output.status.to_string()));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let mut programs: Vec<Program> = messages.lines().filter_map(program).collect();
    programs.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(programs)
}

/// The program that one of Cargo's messages is about.
fn program(message: &str) -> Option<Program> {
    let message: Value = serde_json::from_str(message).ok()?;
    if message["profile"]["test"] != true {
        return None;
    }
    let path = PathBuf::from(message["executable"].as_str()?);
    let package_folder = PathBuf::from(message["manifest_path"].as_str()?).parent()?.to_path_buf();
    let package = package_folder.strip_prefix(workspace::root()).ok()?.display().to_string();
    let target = message["target"]["name"].as_str()?;
    let is = |wanted: &str| {
        message["target"]["kind"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == wanted))
    };
    let is_main = is("lib") || (is("bin") && package == target);
    let name = if is_main { package } else { format!("{package}/{target}") };
    Some(Program { name, path, package_folder })
}

fn command(program: &Program) -> Command {
    let mut command = Command::new(&program.path);
    command.arg("--show-output").current_dir(&program.package_folder);
    command.env("CARGO_MANIFEST_DIR", &program.package_folder);
    command
}

fn boot_image(log: &mut Log, profile: Profile) -> Result<PathBuf, String> {
    let told = |failure: Failure| failure.to_string();
    log.run(&mut image::compile(&[BOOTED], profile).map_err(told)?)?;
    image::collect(&[BOOTED], profile).map(|built| built.image).map_err(told)
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; …` as passed, failed, ignored.
fn result(line: &str) -> Option<[usize; 3]> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let count =
        |word: &str| counts.split("; ").find_map(|part| part.trim().strip_suffix(word)?.trim().parse::<usize>().ok());
    Some([count("passed")?, count("failed")?, count("ignored")?])
}

fn lines(text: &str, prefix: &str) -> Vec<String> {
    text.lines().filter_map(|line| line.strip_prefix(prefix).map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_libtest() {
        let line = "test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(result(line), Some([3, 1, 2]));
        assert_eq!(result("test boot::el2 ... ok"), None);
    }

    #[test]
    fn only_test_programs_are_run() {
        let manifest = workspace::root().join("codegen/Cargo.toml");
        let message = |test: bool, kind: &str| {
            format!(
                r#"{{"executable":"/x","profile":{{"test":{test}}},"target":{{"name":"it","kind":["{kind}"]}},"manifest_path":{manifest:?}}}"#
            )
        };
        assert_eq!(program(&message(true, "test")).unwrap().name, "codegen/it");
        assert_eq!(program(&message(true, "lib")).unwrap().name, "codegen");
        assert_eq!(program(&message(true, "bin")).unwrap().name, "codegen/it");
        assert_eq!(program(&message(false, "bin")), None);
        assert_eq!(program("not JSON"), None);
    }
}
