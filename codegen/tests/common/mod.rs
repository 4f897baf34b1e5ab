//! Projects in folders of their own, put together from the fixtures.
#![allow(dead_code, reason = "each test program uses a part")]

#[cfg(feature = "cli")]
pub(crate) mod command;

use std::fs;
use std::path::{Path, PathBuf};

/// `tests/fixtures`
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The project that this package belongs to.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The base with `case` laid over it, in a folder called `name`.
pub(crate) fn project(name: &str, case: Option<&Path>) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    copy(&fixtures().join("accept/base"), &root);
    if let Some(case) = case {
        copy(case, &root);
        resize(case, "grow.txt", &root);
        resize(case, "cut.txt", &root);
    }
    root
}

/// A file that the case wants longer or shorter.
fn resize(case: &Path, instruction: &str, root: &Path) {
    let Ok(text) = fs::read_to_string(case.join(instruction)) else { return };
    let (file, size) = text.trim().split_once(' ').unwrap();
    fs::OpenOptions::new().write(true).open(root.join(file)).unwrap().set_len(size.parse().unwrap()).unwrap();
}

/// Copies a folder with everything in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let from = entry.unwrap().path();
        let to = to.join(from.file_name().unwrap());
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}
