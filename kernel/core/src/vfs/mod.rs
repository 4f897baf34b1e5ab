//! Files by path: a table of mounted file systems, and `/proc` as the first of them.
//!
//! Paths are normalised ([`Path`]) before a file system sees them: absolute, without `.`, `..`, empty parts or a slash
//! at the end. Errors are [`FsError`]; their numbers are in [`crate::errno`].

mod path;
mod proc;

use core::fmt::{self, Write};

pub use path::{MAX_PATH, Path};
pub use proc::Proc;

use crate::system::System;

/// A tree of files.
pub trait FileSystem {
    /// What is at `path`, which is relative to the mount: empty for its root, else without a slash at either end.
    fn kind(&self, path: &str) -> Result<FileKind, FsError>;

    /// Calls `each` with the entries of the directory at `path`, in the order to list them.
    fn list(&self, path: &str, each: &mut dyn FnMut(Entry<'_>)) -> Result<(), FsError>;

    /// Writes the text of the file at `path`.
    fn read(&self, path: &str, out: &mut dyn Write) -> Result<(), FsError>;
}

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Has entries.
    Directory,
    /// Has text.
    File,
}

/// One entry of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'e> {
    /// Its name there.
    pub name: &'e str,
    /// What it is.
    pub kind: FileKind,
    /// What is in it, for people; may be empty.
    pub brief: &'e str,
}

/// Why a path can't be used as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FsError {
    /// Nothing has this name.
    #[error("no such file or directory")]
    NotFound,
    /// Something before the last part of the path is a file.
    #[error("not a directory")]
    NotADirectory,
    /// A directory has no text.
    #[error("is a directory")]
    IsADirectory,
    /// Longer than [`MAX_PATH`] bytes.
    #[error("path is too long")]
    PathTooLong,
    /// It has a control character.
    #[error("path has a control character")]
    BadPath,
    /// The file is there, but the kernel has nothing to put in it.
    #[error("the kernel has nothing to show there")]
    NothingBehind,
    /// What the kernel has to put in it can't be read.
    #[error("what should be in it can't be read")]
    Damaged,
    /// The reader took no more.
    #[error("output failed")]
    Output,
}

/// Everything that is mounted.
pub struct Vfs<'s> {
    proc: Proc<'s>,
}

impl<'s> Vfs<'s> {
    /// The kernel's files.
    pub fn new(system: &'s dyn System) -> Self {
        Self { proc: Proc::new(system) }
    }

    /// What is at `path`.
    pub fn kind(&self, path: &str) -> Result<FileKind, FsError> {
        match self.resolve(&Path::new(path)?)? {
            Some((files, rest)) => files.kind(rest),
            None => Ok(FileKind::Directory),
        }
    }

    /// Calls `each` with the entries of the directory at `path`.
    pub fn list(&self, path: &str, each: &mut dyn FnMut(Entry<'_>)) -> Result<(), FsError> {
        if let Some((files, rest)) = self.resolve(&Path::new(path)?)? {
            return files.list(rest, each);
        }
        for (name, brief, _) in self.mounts() {
            each(Entry { name, kind: FileKind::Directory, brief });
        }
        Ok(())
    }

    /// Writes the text of the file at `path`.
    pub fn read(&self, path: &str, out: &mut dyn Write) -> Result<(), FsError> {
        match self.resolve(&Path::new(path)?)? {
            Some((files, rest)) => files.read(rest, out),
            None => Err(FsError::IsADirectory),
        }
    }

    /// The file system that has `path`, and the path inside it; `None` for the root that they are mounted in.
    fn resolve<'p>(&self, path: &'p Path) -> Result<Option<(&dyn FileSystem, &'p str)>, FsError> {
        let path = path.as_str().trim_start_matches('/');
        if path.is_empty() {
            return Ok(None);
        }
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        let mount = self.mounts().into_iter().find(|(name, ..)| *name == first);
        mount.map(|(_, _, files)| Some((files, rest))).ok_or(FsError::NotFound)
    }

    /// Name, brief and files of everything in the root.
    fn mounts(&self) -> [(&'static str, &'static str, &dyn FileSystem); 1] {
        [("proc", "what the kernel knows about itself", &self.proc)]
    }
}

impl From<fmt::Error> for FsError {
    fn from(_: fmt::Error) -> Self {
        Self::Output
    }
}
