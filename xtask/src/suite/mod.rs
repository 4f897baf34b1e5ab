//! The steps of `cargo xtask test`, in one place.
//!
//! [`report`] runs a step, prints its row and counts; [`host`] finds and runs the test programs that Cargo has built.
//! Each test counts once, and so does each step that is not made of tests.

mod host;
mod report;

use std::fs;
use std::process::{Command, ExitCode};

use report::{Log, Outcome, Report};

use crate::failure::Failure;
use crate::fuzz;
use crate::image::{self, Profile};
use crate::miri;
use crate::workspace::{self, KERNEL_TARGET};

/// The packages that are built for the kernel's target.
const ON_TARGET: [&str; 5] = ["kernel", "kernel-core", "kernel-sync", "drivers", "hardware"];
/// Everything but the kernel builds for the host, `cargo board` included.
const ON_HOST: [&str; 7] =
    ["--workspace", "--exclude", "kernel", "--target", "host-tuple", "--features", "codegen/cli"];

/// How long each fuzz target runs here; `cargo xtask fuzz` runs longer.
const FUZZ_SECONDS: u32 = 8;

/// Runs every step whose name contains `filter`.
pub(crate) fn run(filter: Option<&str>) -> Result<ExitCode, Failure> {
    let mut report = Report::new(filter)?;
    report.command("format", || workspace::cargo(&["fmt", "--all", "--check"]));
    report.command("lint host", lint_host);
    report.command("lint aarch64", lint_target);
    report.command("docs", docs);
    for board in codegen::boards(&workspace::root()) {
        report.step(&format!("image {board} dev"), |log| build_image(log, &board, Profile::Dev));
        report.step(&format!("image {board}"), |log| build_image(log, &board, Profile::Release));
    }
    report.step("no board", no_board);
    let strained = host::run(&mut report)?;
    report.step("tests of examples in docs", |log| {
        log.run(workspace::cargo(&["test", "--doc"]).args(ON_HOST))?;
        host::counted(log)
    });
    report.step("loom models", |log| {
        for package in ["kernel-sync", "tests"] {
            let models = ["test", "--package", package, "--features", "loom-tests", "--test", "loom"];
            log.run(workspace::cargo(&models).args(["--target", "host-tuple"]))?;
        }
        host::counted(log)
    });
    under_miri(&mut report);
    fuzzed(&mut report);
    if let Some(strained) = strained {
        report.end(strained);
    }
    Ok(report.close())
}

/// Builds what Miri runs, then a row for each package.
fn under_miri(report: &mut Report) {
    let mut packages: Vec<&str> = miri::SHARES.iter().map(|share| share.package).collect();
    packages.dedup();
    let name = |package: &str| format!("miri {package}");
    if !packages.iter().any(|package| report.wants(&name(package))) {
        return;
    }
    let Some(toolchain) = miri::toolchain() else {
        let why = format!("no toolchain nightly-{} with miri and rust-src", miri::DATE);
        return report.step("miri", |_| Ok(Outcome { skipped: vec![why], ..Outcome::default() }));
    };
    report.step("miri build", |log| {
        log.run(&mut miri::build(&toolchain)).map(|()| Outcome::passed(format!("{toolchain} of {}", miri::DATE)))
    });
    for package in packages {
        report.step(&name(package), |log| {
            for share in miri::SHARES.iter().filter(|share| share.package == package) {
                log.run(&mut miri::test(&toolchain, share))?;
            }
            host::counted(log)
        });
    }
}

/// Builds the fuzz targets and runs each for a few seconds.
fn fuzzed(report: &mut Report) {
    let names = fuzz::TARGETS.map(|target| format!("fuzz {target}"));
    report.step("fuzz build", |log| {
        fuzz::seed().map_err(|failure| failure.to_string())?;
        log.run(&mut fuzz::build()).map(|()| Outcome::passed("stable toolchain, guided by coverage".to_owned()))
    });
    for (target, name) in fuzz::TARGETS.iter().zip(&names) {
        report.step(name, |log| {
            log.run(&mut fuzz::fuzzer(target, FUZZ_SECONDS).map_err(|failure| failure.to_string())?)?;
            let fuzz::Run { inputs, covered: (seeds, reached) } = fuzz::outcome(&log.text())?;
            Ok(Outcome::passed(format!("{inputs} inputs, {seeds} edges by the seeds, {reached} now")))
        });
    }
}

fn lint_host() -> Command {
    let mut command = workspace::cargo(&["clippy", "--all-targets", "--features", "strict"]);
    command.args(ON_HOST);
    command
}

fn lint_target() -> Command {
    let mut command = workspace::cargo(&["clippy", "--target", KERNEL_TARGET]);
    for package in ON_TARGET {
        command.args(["--package", package, "--features", &format!("{package}/strict")]);
    }
    for board in codegen::boards(&workspace::root()) {
        command.args(["--features", &format!("kernel/board-{board}")]);
    }
    command
}

fn docs() -> Command {
    let mut command = workspace::cargo(&["doc", "--no-deps", "--document-private-items"]);
    command.args(ON_HOST).env("RUSTDOCFLAGS", "-Dwarnings -Arustdoc::private-intra-doc-links");
    command
}

fn build_image(log: &mut Log, board: &str, profile: Profile) -> Result<Outcome, String> {
    let told = |failure: Failure| failure.to_string();
    log.run(&mut image::compile(&[board], profile).map_err(told)?)?;
    let built = image::collect(&[board], profile).map_err(told)?;
    let size = fs::metadata(&built.image).map_err(|error| error.to_string())?.len();
    Ok(Outcome::passed(format!("{} KiB", size.div_ceil(1024))))
}

/// Without a board there is nothing to build: Cargo must say so and name the boards.
fn no_board(log: &mut Log) -> Result<Outcome, String> {
    let mut command = workspace::cargo(&["build", "--package", "kernel", "--release", "--target", KERNEL_TARGET]);
    if log.run(&mut command).is_ok() {
        return Err("a kernel without a board was built".to_owned());
    }
    let said = log.text();
    match codegen::boards(&workspace::root()).into_iter().find(|board| !said.contains(&format!("board-{board}"))) {
        Some(board) => Err(format!("the error does not name board-{board}")),
        None => Ok(Outcome::passed("refused, with the list of boards".to_owned())),
    }
}
