//! Why a developer command could not do its work.

use std::io;
use std::path::{Path, PathBuf};

/// One cause per line that a person can act on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A file or folder.
    #[error("{}: {source}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A program could not be started.
    #[error("{program}: {source}")]
    Start {
        /// Which one.
        program: String,
        /// Why not.
        source: io::Error,
    },
    /// A program said no; it has printed why.
    #[error("`{command}` failed ({status})")]
    Command {
        /// As it would be typed.
        command: String,
        /// Its exit status.
        status: String,
    },
    /// The ELF can't become an Image.
    #[error("{}: {what}", path.display())]
    Elf {
        /// The ELF.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// No such board, or one that can't be used.
    #[error("{0}")]
    Board(String),
    /// Something the command needs is missing and can't be installed from here.
    #[error("{0}")]
    Missing(String),
}

impl Failure {
    /// For `map_err` on file operations.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { path, source }
    }
}
