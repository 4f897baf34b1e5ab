//! The generated Rust, through rustc: a crate that includes all tables.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Refusal;

/// Checks a crate with one module per table; how many tables it had, 0 where rustc refuses it.
pub(crate) fn check(root: &Path, tables: &[&str], target: &str) -> Result<usize, Refusal> {
    let folder = Scratch::new()?;
    let written = write(&folder.0, root, tables);
    written.map_err(|error| Refusal(format!("error: can't write to `{}`: {error}", folder.0.display())))?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["check", "--quiet", "--target", target]).current_dir(&folder.0);
    // Flags and folders of the caller's build are not this crate's.
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("CARGO_TARGET_DIR");
    let status = cargo.status().map_err(|error| Refusal(format!("error: can't start cargo: {error}")))?;
    Ok(if status.success() { tables.len() } else { 0 })
}

/// A folder of our own that goes away again.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, Refusal> {
        let folder = std::env::temp_dir().join(format!("board-corpus-{}", std::process::id()));
        fs::create_dir_all(folder.join("src"))
            .map_err(|error| Refusal(format!("error: can't make `{}`: {error}", folder.display())))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn write(folder: &Path, root: &Path, tables: &[&str]) -> std::io::Result<()> {
    let hardware = fs::canonicalize(root.join("hardware"))?;
    let manifest = format!(
        "[package]\nname = \"tables\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\nhardware = {{ path = {} }}\n\n[workspace]\n",
        toml::Value::from(hardware.to_string_lossy().as_ref())
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    // The same versions as the project's, whatever there is newer.
    if root.join("Cargo.lock").exists() {
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    }
    let mut modules = "#![no_std]\n#![deny(warnings)]\n".to_owned();
    for (nth, table) in tables.iter().enumerate() {
        modules += &format!("#[allow(dead_code)]\npub mod table{nth} {{\n    include!(\"table{nth}.rs\");\n}}\n");
        fs::write(folder.join(format!("src/table{nth}.rs")), table)?;
    }
    fs::write(folder.join("src/lib.rs"), modules)
}
