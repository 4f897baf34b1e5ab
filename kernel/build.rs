//! Generates the chosen boards' tables and the linker script.
//!
//! A board is chosen by its feature, `board-NAME`, or by its file's path in `KEEL_BOARDS`, which is for boards that are kept
//! in a repository of their own; several make one image. Only their files are read, so editing another board rebuilds
//! nothing.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use codegen::findings::Findings;
use codegen::{Cfg, Profile};

/// Board files from outside of `boards/`, listed as `PATH` lists folders; relative ones count from the project's root.
const FILES: &str = "KEEL_BOARDS";

/// How Cargo tells a build script of a `board-…` feature.
const FEATURE: &str = "CARGO_FEATURE_BOARD_";
/// Names the preset to build with in place of the board files' own, to try one.
const PRESET: &str = "KEEL_PRESET";

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={FILES}");
    let boards = chosen(&root);
    let boards: Vec<&str> = boards.iter().map(String::as_str).collect();
    let target = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    println!("cargo::rerun-if-env-changed={PRESET}");
    let preset = env::var(PRESET).ok();
    match codegen::image_for(&root, &boards, &target, profile(), preset.as_deref()) {
        Ok(image) => {
            image.cfgs.iter().for_each(cfg);
            watch(&root, image.inputs.iter().map(String::as_str));
            report("warning", &image.findings);
            write(&image.tables, &image.linker_script)
        }
        Err(findings) => {
            // Which tree a board wants isn't known when its file can't be read, so watch all of them.
            watch(&root, ["boards", "schemas"].into_iter().chain(boards.iter().filter_map(|told| folder(told))));
            report("error", &findings);
            ExitCode::SUCCESS
        }
    }
}

/// Whether this is a build that people rely on: Cargo says `release` for every profile that inherits from it.
fn profile() -> Profile {
    match env::var("PROFILE").as_deref() {
        Ok("release") => Profile::Release,
        _ => Profile::Debug,
    }
}

/// Tells the sources what some board of this image wants, `#[cfg(driver = "pl011")]`, and rustc what they may ask for.
fn cfg(Cfg { key, values }: &Cfg) {
    let names: Vec<String> = values.iter().map(|(name, _)| format!("{name:?}")).collect();
    println!("cargo::rustc-check-cfg=cfg({key}, values({}))", names.join(", "));
    for (name, _) in values.iter().filter(|(_, wanted)| *wanted) {
        println!("cargo::rustc-cfg={key}={name:?}");
    }
}

/// The boards whose features are on, by name, and those of [`FILES`], by path. Cargo spells features in capitals, with `_`
/// for `-`; a feature without a board file gets the name that its file would most likely have.
fn chosen(root: &Path) -> Vec<String> {
    let boards = codegen::boards(root);
    let features = env::vars().filter_map(|(name, _)| Some(name.strip_prefix(FEATURE)?.to_owned()));
    let mut chosen: Vec<String> = features
        .map(|feature| {
            let board = boards.iter().find(|board| board.to_uppercase().replace('-', "_") == feature);
            board.cloned().unwrap_or_else(|| feature.to_lowercase().replace('_', "-"))
        })
        .collect();
    chosen.sort();
    let files = env::var_os(FILES).unwrap_or_default();
    // An empty entry is a doubled separator, or the variable set to nothing.
    let files = env::split_paths(&files).filter(|path| !path.as_os_str().is_empty());
    chosen.extend(files.map(|path| path.to_string_lossy().into_owned()));
    chosen
}

/// Where a board file from outside lies with its trees.
fn folder(told: &str) -> Option<&str> {
    let folder = Path::new(told).parent().filter(|_| codegen::parse::home::is_path(told));
    folder.and_then(Path::to_str)
}

fn watch<'p>(root: &Path, paths: impl IntoIterator<Item = &'p str>) {
    for path in paths {
        println!("cargo::rerun-if-changed={}", root.join(path).display());
    }
}

/// Hands the findings to Cargo, which takes a line at a time and shows `error` and `warning` differently.
fn report(kind: &str, findings: &Findings) {
    for line in findings.render().lines() {
        println!("cargo::{kind}={line}");
    }
}

/// Writes what was generated, and has the linker use its script.
fn write(tables: &str, linker_script: &str) -> ExitCode {
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let script = out.join("link.ld");
    let written = fs::write(out.join("tables.rs"), tables).and_then(|()| fs::write(&script, linker_script));
    if let Err(error) = written {
        println!("cargo::error=can't write to {}: {error}", out.display());
    }
    println!("cargo::rustc-link-arg-bins=-T{}", script.display());
    ExitCode::SUCCESS
}
