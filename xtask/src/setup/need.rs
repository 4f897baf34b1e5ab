//! The things a command needs, and whether they are there. Nothing in this file changes the machine.

use std::fmt;
use std::path::Path;

use crate::emulator::QEMU;
use crate::miri;
use crate::workspace::{self, KERNEL_TARGET};

/// `raspi4b` and the plugin interface of the bench came with QEMU 9.
const OLDEST_QEMU: u32 = 9;

/// Something that a command needs on the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// `core` for the kernel's target.
    Target,
    /// The linter.
    Clippy,
    /// The formatter.
    Rustfmt,
    /// The emulator.
    Qemu,
    /// The device-tree compiler.
    Dtc,
    /// The reference reader of device trees, with its header.
    Libfdt,
    /// A C compiler with the C library's headers.
    Cc,
    /// A C++ compiler.
    Cxx,
    /// A browser without a window, for the HTML report.
    Chromium,
    /// A gdb that knows AArch64.
    Gdb,
    /// Miri, with the nightly toolchain that it comes with.
    Miri,
}

/// What a look at the machine found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// It is there, in this version.
    There(String),
    /// It isn't, or not as needed.
    Missing(String),
}

impl Need {
    /// Everything, in the order in which `doctor` reports it.
    pub(crate) const ALL: &[Self] = &[
        Self::Target,
        Self::Clippy,
        Self::Rustfmt,
        Self::Qemu,
        Self::Dtc,
        Self::Libfdt,
        Self::Cc,
        Self::Cxx,
        Self::Chromium,
        Self::Gdb,
        Self::Miri,
    ];
    /// To build an image and boot it.
    pub(crate) const FOR_BOOT: &[Self] = &[Self::Target, Self::Qemu];
    /// For `cargo xtask test`.
    pub(crate) const FOR_TESTS: &[Self] =
        &[Self::Target, Self::Clippy, Self::Rustfmt, Self::Qemu, Self::Dtc, Self::Libfdt, Self::Cc, Self::Cxx];
    /// For tests that are skipped without it.
    pub(crate) const FOR_MORE_TESTS: &[Self] = &[Self::Chromium, Self::Miri];
    /// For `cargo xtask fuzz`.
    pub(crate) const FOR_FUZZING: &[Self] = &[Self::Cc, Self::Cxx];
    /// For `cargo xtask miri`.
    pub(crate) const FOR_MIRI: &[Self] = &[Self::Miri];
    /// For `cargo xtask bench`.
    pub(crate) const FOR_BENCH: &[Self] = &[Self::Target, Self::Qemu, Self::Libfdt, Self::Cc];

    /// Looks.
    pub(crate) fn state(self) -> State {
        match self {
            Self::Target => target(),
            Self::Clippy => first_line("cargo", &["clippy", "--version"]),
            Self::Rustfmt => first_line("cargo", &["fmt", "--version"]),
            Self::Qemu => qemu(workspace::answer(QEMU, &["--version"]).as_deref()),
            Self::Dtc => first_line("dtc", &["--version"]),
            Self::Libfdt => header("libfdt.h"),
            Self::Cc => first_line("cc", &["--version"]),
            Self::Cxx => first_line("c++", &["--version"]),
            Self::Chromium => chromium(),
            Self::Gdb => gdb(),
            Self::Miri => miri(),
        }
    }

    /// What it is good for.
    pub(crate) fn purpose(self) -> &'static str {
        match self {
            Self::Target => "the kernel's standard library",
            Self::Clippy => "cargo xtask test: lints",
            Self::Rustfmt => "cargo xtask test: formatting",
            Self::Qemu => "booting; version 9 or newer",
            Self::Dtc => "cargo xtask test: independent reader",
            Self::Libfdt => "cargo xtask test, bench: comparison",
            Self::Cc => "linking tools; bench: QEMU plugin",
            Self::Cxx => "cargo xtask test, fuzz: libFuzzer",
            Self::Chromium => "cargo xtask test: the HTML report",
            Self::Gdb => "cargo xtask debug",
            Self::Miri => "cargo xtask test, miri: memory rules",
        }
    }

    /// Without it a command or a test says that it can't run; nothing else misses it.
    pub(crate) fn is_optional(self) -> bool {
        matches!(self, Self::Gdb | Self::Chromium | Self::Miri)
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Target => "Rust target",
            Self::Clippy => "clippy",
            Self::Rustfmt => "rustfmt",
            Self::Qemu => QEMU,
            Self::Dtc => "dtc",
            Self::Libfdt => "libfdt",
            Self::Cc => "C compiler",
            Self::Cxx => "C++ compiler",
            Self::Chromium => "Chromium",
            Self::Gdb => "gdb for AArch64",
            Self::Miri => "Miri",
        })
    }
}

fn target() -> State {
    let Some(sysroot) = workspace::answer("rustc", &["--print", "sysroot"]) else {
        return State::Missing("rustc can't be run".to_owned());
    };
    let folder = Path::new(sysroot.trim()).join("lib/rustlib").join(KERNEL_TARGET).join("lib");
    if folder.is_dir() {
        State::There(KERNEL_TARGET.to_owned())
    } else {
        State::Missing(format!("{KERNEL_TARGET} is not installed"))
    }
}

fn qemu(version: Option<&str>) -> State {
    let Some(version) = version.and_then(|text| text.lines().next()?.split("version ").nth(1)) else {
        return State::Missing("not installed".to_owned());
    };
    let version = version.split_whitespace().next().unwrap_or(version);
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_QEMU => State::There(version.to_owned()),
        _ => State::Missing(format!("version {version} is too old, {OLDEST_QEMU} or newer is needed")),
    }
}

/// Asks the C compiler, which knows where this system keeps its headers.
fn header(name: &str) -> State {
    let source = format!("-include{name}");
    match workspace::answer("cc", &["-fsyntax-only", &source, "-x", "c", "/dev/null"]) {
        Some(_) => State::There(name.to_owned()),
        None => State::Missing(format!("{name} is not found by cc")),
    }
}

fn gdb() -> State {
    let knows = |program: &str| {
        // gdb's exit status doesn't tell: an unknown architecture is only complained about.
        let asked = ["-batch", "-ex", "set architecture aarch64", "-ex", "show architecture", "-ex", "show version"];
        let answer = workspace::answer(program, &asked)?;
        let version = answer.lines().find(|line| line.starts_with("GNU gdb"))?;
        answer.contains("is set to \"aarch64\"").then(|| version.to_owned())
    };
    match knows("gdb-multiarch").or_else(|| knows("gdb")) {
        Some(version) => State::There(version),
        None => State::Missing("no gdb that knows AArch64".to_owned()),
    }
}

fn miri() -> State {
    match miri::toolchain() {
        Some(name) => State::There(format!("{name} of {}", miri::DATE)),
        None => State::Missing(format!("no toolchain nightly-{} with miri and rust-src", miri::DATE)),
    }
}

/// The names that the browser's test looks for, too.
fn chromium() -> State {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let there = names.iter().map(|name| first_line(name, &["--version"]));
    let found = there.into_iter().find(|state| matches!(state, State::There(_)));
    found.unwrap_or_else(|| State::Missing("not installed".to_owned()))
}

fn first_line(program: &str, arguments: &[&str]) -> State {
    let answer = workspace::answer(program, arguments);
    match answer.as_deref().and_then(|answer| answer.lines().next()) {
        Some(line) => State::There(line.to_owned()),
        None => State::Missing("not installed".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qemu_must_be_new_enough() {
        let debian = "QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)\nCopyright (c) 2003-2025\n";
        assert_eq!(qemu(Some(debian)), State::There("10.0.2".to_owned()));
        let old = "QEMU emulator version 7.2.17 (Debian 1:7.2+dfsg-7+deb12u13)\n";
        assert_eq!(qemu(Some(old)), State::Missing("version 7.2.17 is too old, 9 or newer is needed".to_owned()));
        assert_eq!(qemu(Some("nonsense")), State::Missing("not installed".to_owned()));
        assert_eq!(qemu(None), State::Missing("not installed".to_owned()));
    }
}
