//! Miri over the portable packages: what their tests do, step by step, against Rust's own rules for memory.
//!
//! It comes with nightly toolchains only, so one is pinned by its date; everything else is built by the toolchain of
//! `rust-toolchain.toml`. It is some hundred times slower than a processor, so each package gives the share of its tests that is worth
//! that: all that reach `unsafe` code, and of the others what is done in a second or two.

use std::process::Command;

use crate::failure::Failure;
use crate::workspace;

/// The day of the nightly toolchain.
pub(crate) const DATE: &str = "2026-10-30";

/// Tests that Miri runs.
#[derive(Debug)]
pub(crate) struct Share {
    pub(crate) package: &'static str,
    targets: &'static [&'static str],
    /// Beginnings of their names; all of them where this is empty.
    only: &'static [&'static str],
}

/// The interrupt controllers' models run too many polls, and what forbids `unsafe` code is here for the libraries below it.
pub(crate) const SHARES: [Share; 5] = [
    Share { package: "kernel-sync", targets: &["--lib", "--test", "host"], only: &[] },
    Share {
        package: "drivers",
        targets: &["--lib"],
        only: &["dma::", "extent::", "mmio::", "pl011::divisor", "timer::"],
    },
    Share { package: "hardware", targets: &["--lib"], only: &["check::tests::report", "check::tests::variant"] },
    Share { package: "hardware", targets: &["--test", "tree"], only: &["device::", "node::"] },
    Share {
        package: "kernel-core",
        targets: &["--lib"],
        only: &[
            "deadline::",
            "editor::",
            "log::ring::tests::long",
            "log::ring::tests::bytes",
            "frames::order",
            "text::",
        ],
    },
];

/// The toolchain's name, if it is there with Miri: by its date, or another name for the same.
pub(crate) fn toolchain() -> Option<String> {
    let list = workspace::answer("rustup", &["toolchain", "list"])?;
    let names =
        list.lines().filter_map(|line| line.split_whitespace().next()).filter(|name| name.starts_with("nightly"));
    names.map(str::to_owned).find(|name| is_pinned(name) && has_miri(name))
}

/// How rustup gets it.
pub(crate) fn installation() -> [String; 9] {
    let name = format!("nightly-{DATE}");
    ["rustup", "toolchain", "install", &name, "--profile", "minimal", "--component", "miri", "--component=rust-src"]
        .map(str::to_owned)
}

/// Runs every share, with our own standard streams.
pub(crate) fn run() -> Result<(), Failure> {
    let toolchain = toolchain().ok_or_else(|| Failure::Missing(format!("no toolchain nightly-{DATE} with Miri")))?;
    SHARES.iter().try_for_each(|share| workspace::run(&mut test(&toolchain, share)))
}

/// Builds what all shares need, Miri's own standard library with it.
pub(crate) fn build(toolchain: &str) -> Command {
    let mut command = miri(toolchain);
    command.arg("--no-run");
    let mut packages: Vec<&str> = SHARES.iter().map(|share| share.package).collect();
    packages.dedup();
    command.args(packages.iter().flat_map(|package| ["--package", package]));
    command.args(["--lib", "--test", "host", "--test", "tree"]);
    command
}

/// Runs one share.
pub(crate) fn test(toolchain: &str, share: &Share) -> Command {
    let mut command = miri(toolchain);
    command.args(["--package", share.package]).args(share.targets).arg("--").args(share.only);
    command
}

fn miri(toolchain: &str) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", toolchain, "cargo", "miri", "test", "--target", &host(), "--target-dir"]);
    command.arg(workspace::target().join("miri")).current_dir(workspace::root());
    // Cargo that runs us has said which toolchain and which programs are its own.
    for variable in ["RUSTUP_TOOLCHAIN", "RUSTC", "CARGO", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        command.env_remove(variable);
    }
    // Tests read fixtures and leak what a kernel keeps for good, and hardware reaches memory by address. A panic that a test
    // wants needs no backtrace. Random cases are for real processors.
    command.envs([
        ("MIRIFLAGS", "-Zmiri-disable-isolation -Zmiri-ignore-leaks -Zmiri-permissive-provenance"),
        ("RUST_BACKTRACE", "0"),
        ("PROPTEST_CASES", "4"),
    ]);
    command
}

/// This machine's target by its full name: Miri's build of the standard library knows no `host-tuple`.
fn host() -> String {
    let version = workspace::answer("rustc", &["-vV"]).unwrap_or_default();
    version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or("host-tuple").to_owned()
}

/// The release manifest that rustup keeps beside a toolchain says its day, whatever the toolchain is called.
fn is_pinned(name: &str) -> bool {
    let Some(sysroot) = workspace::answer("rustup", &["run", name, "rustc", "--print", "sysroot"]) else {
        return false;
    };
    let manifest = std::path::Path::new(sysroot.trim()).join("lib/rustlib/multirust-channel-manifest.toml");
    let text = std::fs::read_to_string(manifest).unwrap_or_default();
    text.lines().any(|line| line == format!("date = \"{DATE}\""))
}

fn has_miri(name: &str) -> bool {
    let list = workspace::answer("rustup", &["component", "list", "--installed", "--toolchain", name]);
    let has = |component: &str| list.iter().flat_map(|list| list.lines()).any(|line| line.starts_with(component));
    has("miri") && has("rust-src")
}
