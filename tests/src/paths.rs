//! Where things are: the workspace, its build output, a test's scratch folder.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The workspace's root folder.
pub fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}

/// A copy of the project in `folder`: all that boards are made of, to be changed.
pub fn copy_project(folder: &Path) -> io::Result<()> {
    ["boards", "schemas", "tests/fixtures/boards"]
        .iter()
        .try_for_each(|part| copy(&root().join(part), &folder.join(part)))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    fs::read_dir(from)?.try_for_each(|entry| {
        let from = entry?.path();
        let to = to.join(from.file_name().unwrap_or_default());
        if from.is_dir() { copy(&from, &to) } else { fs::copy(&from, &to).map(drop) }
    })
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// An empty folder for the files that the test `name` hands to QEMU.
pub fn scratch(name: &str) -> io::Result<PathBuf> {
    let folder = target().join("scratch").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Where the transcript of the guest `name` is kept.
pub fn transcript(name: &str) -> io::Result<PathBuf> {
    let folder = target().join("transcripts");
    fs::create_dir_all(&folder)?;
    Ok(folder.join(format!("{name}.log")))
}
