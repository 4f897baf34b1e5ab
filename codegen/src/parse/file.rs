//! Files, read with a limit and with the place that named them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use crate::findings::{Finding, Findings, Place, Source, code};

/// A file of this size or more isn't read; the largest device tree of Linux 6.12 has 152 KB.
const LIMIT: u64 = 64 << 20;

/// A file's bytes. `path` is relative to `root`; `named` is where it was named, and gets the blame.
pub fn bytes(root: &Path, path: &str, named: &Place, findings: &mut Findings) -> Option<Vec<u8>> {
    let at = root.join(path);
    // A build would wait for whoever writes to a pipe. What isn't there has its own finding.
    if std::fs::metadata(&at).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
        return unreadable(path, blamed(path, named), "a pipe or a device, not a file".to_owned(), findings);
    }
    bytes_at(&at, path, named, findings)
}

/// The bytes of the file at `path`, which people know as `shown`; see [`bytes`].
pub fn bytes_at(path: &Path, shown: &str, named: &Place, findings: &mut Findings) -> Option<Vec<u8>> {
    let place = blamed(shown, named);
    match File::open(path).and_then(within_limit) {
        Ok(Some(bytes)) => return Some(bytes),
        Ok(None) => findings.push(
            Finding::error(code::FILE_TOO_LARGE, format!("`{shown}` has 64 MiB or more"), place, "not read")
                .note("the largest device tree in Linux 6.12 has 152 KB"),
        ),
        Err(error) => return unreadable(shown, place, error.to_string(), findings),
    }
    None
}

/// Where a finding about the file points.
fn blamed(shown: &str, named: &Place) -> Place {
    match named {
        Place::Nowhere => Place::file(shown),
        named => named.clone(),
    }
}

fn unreadable(shown: &str, place: Place, why: String, findings: &mut Findings) -> Option<Vec<u8>> {
    findings.push(Finding::error(code::UNREADABLE_FILE, format!("can't read `{shown}`"), place, why));
    None
}

/// What is in `file`; `None` where that is too much. A pipe or a device has no size to ask for and is read up to the limit.
fn within_limit(file: File) -> io::Result<Option<Vec<u8>>> {
    if file.metadata()?.len() >= LIMIT {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    file.take(LIMIT).read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|bytes| (bytes.len() as u64) < LIMIT))
}

/// A text file; see [`bytes`].
pub fn text(root: &Path, path: &str, named: &Place, findings: &mut Findings) -> Option<Arc<Source>> {
    utf8(path, bytes(root, path, named, findings)?, findings)
}

/// A text file that a command line names, wherever it lies.
#[cfg(feature = "cli")]
pub fn text_at(path: &Path, findings: &mut Findings) -> Option<Arc<Source>> {
    let shown = path.to_string_lossy();
    utf8(&shown, bytes_at(path, &shown, &Place::Nowhere, findings)?, findings)
}

fn utf8(path: &str, bytes: Vec<u8>, findings: &mut Findings) -> Option<Arc<Source>> {
    match String::from_utf8(bytes) {
        Ok(text) => Some(Source::new(path, text)),
        Err(error) => {
            let place = Place::Offset { file: path.into(), offset: error.utf8_error().valid_up_to() };
            let message = format!("`{path}` isn't UTF-8 text");
            findings.push(Finding::error(code::NOT_UTF8, message, place, "no character starts with these bytes"));
            None
        }
    }
}

/// A log that a command line names. Serial lines lose bytes: what isn't UTF-8 is replaced.
#[cfg(feature = "cli")]
pub fn log(path: &Path, findings: &mut Findings) -> Option<Arc<Source>> {
    let shown = path.to_string_lossy();
    let bytes = bytes_at(path, &shown, &Place::Nowhere, findings)?;
    Some(Source::new(shown, String::from_utf8_lossy(&bytes)))
}

/// The names of the TOML files in `folder`, without their extension and in order.
pub fn toml_names(folder: &Path) -> io::Result<Vec<String>> {
    let paths = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    let toml = paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    let mut names: Vec<String> = toml.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn what_is_no_file_is_not_waited_for() {
        for (path, why) in [("dev/zero", "not a file"), ("dev", "directory")] {
            let mut findings = Findings::default();
            assert_eq!(bytes(Path::new("/"), path, &Place::Nowhere, &mut findings), None);
            assert!(findings.render().contains(why), "{path}: {findings}");
        }
    }
}
