//! Makes the tables of all boards, so that tests hold the ones that the kernel is built with, and those of the boards that
//! only tests have.

use std::path::Path;
use std::{env, fs};

/// The tests' own boards.
const FIXTURES: [&str; 1] = ["tests/fixtures/boards/qemu-kinds.toml"];

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for folder in ["boards", "schemas", "tests/fixtures/boards"] {
        println!("cargo::rerun-if-changed={}", root.join(folder).display());
    }
    let names = codegen::boards(&root);
    tables(&root, &names.iter().map(String::as_str).collect::<Vec<_>>(), "tables.rs");
    tables(&root, &FIXTURES, "fixtures.rs");
}

/// Writes the tables of `boards` into `file`.
fn tables(root: &Path, boards: &[&str], file: &str) {
    match codegen::image(root, boards, "aarch64") {
        Ok(image) => {
            let out = env::var_os("OUT_DIR").unwrap_or_default();
            if let Err(error) = fs::write(Path::new(&out).join(file), image.tables) {
                println!("cargo::error={error}");
            }
        }
        Err(findings) => findings.render().lines().for_each(|line| println!("cargo::error={line}")),
    }
}
