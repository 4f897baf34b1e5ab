//! The `board` command, run in a project of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::project;

/// What the kernel's features are.
pub(crate) const MANIFEST: &str = "[package]\nname = \"kernel\"\n\n[features]\nstrict = []\nboard-b = []\n\n[lints]\n";

/// A project in which drafts can be made; its path has a space and more than ASCII.
pub(crate) fn place(name: &str) -> PathBuf {
    let root = project(&format!("board ü {name}"), None);
    fs::create_dir_all(root.join("kernel")).unwrap();
    fs::write(root.join("kernel/Cargo.toml"), MANIFEST).unwrap();
    root
}

/// Runs the command in `root`.
pub(crate) fn board(root: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_board")).args(arguments).current_dir(root).output().unwrap()
}

/// Status, standard output and standard error.
pub(crate) fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// Every file below `root` with its bytes.
pub(crate) fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.is_dir() {
            true => files.extend(self::files(&entry)),
            false => drop(files.insert(entry.clone(), fs::read(&entry).unwrap())),
        }
    }
    files
}
