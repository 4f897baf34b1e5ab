//! Files, read with a limit and with the place that named them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use crate::findings::{Finding, Findings, Place, Source, code};

/// The largest file that is read; the largest device tree of Linux 6.12 has 152 KB.
const LIMIT: u64 = 64 << 20;

/// A file's bytes. `path` is relative to `root`; `named` is where it was named, and gets the blame.
pub fn bytes(root: &Path, path: &str, named: &Place, findings: &mut Findings) -> Option<Vec<u8>> {
    let place = match named {
        Place::Nowhere => Place::file(path),
        named => named.clone(),
    };
    let read = File::open(root.join(path)).and_then(|file| {
        let mut bytes = Vec::new();
        file.take(LIMIT + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    match read {
        Ok(bytes) if bytes.len() as u64 <= LIMIT => return Some(bytes),
        Ok(_) => findings.push(
            Finding::error(code::FILE_TOO_LARGE, format!("`{path}` is larger than 64 MiB"), place, "not read")
                .note("the largest device tree in Linux 6.12 has 152 KB"),
        ),
        Err(error) => {
            let message = format!("can't read `{path}`");
            findings.push(Finding::error(code::UNREADABLE_FILE, message, place, error.to_string()));
        }
    }
    None
}

/// A text file; see [`bytes`].
pub fn text(root: &Path, path: &str, named: &Place, findings: &mut Findings) -> Option<Arc<Source>> {
    match String::from_utf8(bytes(root, path, named, findings)?) {
        Ok(text) => Some(Source::new(path, text)),
        Err(error) => {
            let place = Place::Offset { file: path.into(), offset: error.utf8_error().valid_up_to() };
            let message = format!("`{path}` isn't UTF-8 text");
            findings.push(Finding::error(code::NOT_UTF8, message, place, "no character starts with these bytes"));
            None
        }
    }
}

/// The names of the TOML files in `folder`, without their extension and in order.
pub fn toml_names(folder: &Path) -> io::Result<Vec<String>> {
    let paths = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    let toml = paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    let mut names: Vec<String> = toml.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    Ok(names)
}
