//! A small project in a folder of this process, one of whose files is the fuzzer's.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use codegen::emit::memory;
use codegen::findings::Findings;
use hardware::board::Board;

/// The project that this package belongs to.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The tables that live trees are checked against: the smallest project's, and a real one.
pub fn tables() -> &'static [&'static Board] {
    static TABLES: OnceLock<Vec<&'static Board>> = OnceLock::new();
    TABLES.get_or_init(|| [(base(), "b"), (root(), "qemu-virt")].map(|(root, name)| table(&root, name)).to_vec())
}

fn table(root: &Path, name: &str) -> &'static Board {
    let generated = codegen::board(root, name).unwrap_or_else(|findings| panic!("{findings}"));
    memory::board(&generated.board, generated.bindings.as_slice())
}

/// The smallest project that has everything.
fn base() -> PathBuf {
    root().join("codegen/tests/fixtures/accept/base")
}

/// What codegen makes of the base project whose board file says `text`: tables, or findings that can be shown.
pub fn board(text: &[u8]) {
    shown(codegen::board(with("boards/b.toml", text), "b").map(drop));
}

/// What codegen makes of the base project in which a binding says `text`: tables and registers, or findings.
pub fn binding(text: &[u8]) {
    let folder = with("schemas/devices/uart.toml", text);
    shown(codegen::board(folder, "b").map(drop));
    shown(codegen::registers(folder).map(drop));
}

/// The base project in which `file` says `text`.
fn with(file: &str, text: &[u8]) -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(copied);
    fs::write(folder.join(file), text).expect("the folder is ours");
    folder
}

/// Findings that stop anything have an error, and every one of them a text.
fn shown(outcome: Result<(), Findings>) {
    let Err(findings) = outcome else { return };
    assert!(findings.has_errors());
    assert!(findings.iter().all(|finding| !finding.message.is_empty()));
    assert!(!findings.render().is_empty());
}

fn copied() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("keel-fuzz-{}", std::process::id()));
    copy(&base(), &folder);
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder for the project");
    for entry in fs::read_dir(from).expect("the base project is there") {
        let from = entry.expect("its entries can be read").path();
        let to = to.join(from.file_name().unwrap_or_default());
        if from.is_dir() { copy(&from, &to) } else { drop(fs::copy(&from, &to).expect("its files can be copied")) }
    }
}
