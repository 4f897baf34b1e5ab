//! Several files, written all or none.
//!
//! Each is written beside its place first. Then they are renamed into place one by one, what was there put aside; when one
//! can't be, all that was done is undone.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A file as it is going to be.
pub(crate) struct File {
    /// Where.
    pub(crate) path: PathBuf,
    /// What is in it.
    pub(crate) bytes: Vec<u8>,
}

/// A file on its way.
struct Step<'f> {
    file: &'f File,
    /// The new bytes, beside the place.
    fresh: PathBuf,
    /// What was there, put aside.
    old: PathBuf,
    put_aside: bool,
    in_place: bool,
}

/// Writes `files`.
pub(crate) fn install(files: &[File]) -> io::Result<()> {
    let mut steps: Vec<Step<'_>> = files.iter().map(Step::new).collect();
    let done = steps.iter_mut().try_for_each(Step::write).and_then(|()| steps.iter_mut().try_for_each(Step::place));
    for step in steps.iter().rev() {
        match done {
            Ok(()) => step.tidy(),
            Err(_) => step.undo(),
        }
    }
    done
}

impl<'f> Step<'f> {
    fn new(file: &'f File) -> Self {
        let beside = |what: &str| {
            let name = file.path.file_name().unwrap_or_default().to_string_lossy();
            file.path.with_file_name(format!(".{name}.{what}-{}", std::process::id()))
        };
        Self { file, fresh: beside("new"), old: beside("old"), put_aside: false, in_place: false }
    }

    fn write(&mut self) -> io::Result<()> {
        let mut fresh = OpenOptions::new().write(true).create_new(true).open(&self.fresh).map_err(at(&self.fresh))?;
        fresh.write_all(&self.file.bytes).and_then(|()| fresh.sync_all()).map_err(at(&self.fresh))
    }

    fn place(&mut self) -> io::Result<()> {
        let path = &self.file.path;
        match fs::symlink_metadata(path) {
            Ok(there) if there.is_dir() => return Err(at(path)(io::Error::other("is a folder"))),
            Ok(_) => {
                fs::rename(path, &self.old).map_err(at(path))?;
                self.put_aside = true;
            }
            Err(_) => {}
        }
        fs::rename(&self.fresh, path).map_err(at(path))?;
        self.in_place = true;
        Ok(())
    }

    /// All went well: what was there isn't needed any more.
    fn tidy(&self) {
        if self.put_aside {
            let _ = fs::remove_file(&self.old);
        }
    }

    /// Something went wrong: everything as it was.
    fn undo(&self) {
        let _ = fs::remove_file(if self.in_place { &self.file.path } else { &self.fresh });
        if self.put_aside {
            let _ = fs::rename(&self.old, &self.file.path);
        }
    }
}

/// Says which file it was.
fn at(path: &Path) -> impl FnOnce(io::Error) -> io::Error {
    let path = path.display().to_string();
    move |error| io::Error::new(error.kind(), format!("{path}: {error}"))
}
