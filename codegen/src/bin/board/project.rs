//! Where the project is.

use std::path::{Path, PathBuf};

use codegen::parse::home;

use crate::Refusal;

/// What only a project's root has.
const MARK: &str = "schemas/presets.toml";

/// A board as the command line tells it, for the library, which reads paths from the project's root.
pub(crate) fn board(told: &str) -> Result<String, Refusal> {
    if !home::is_path(told) {
        return Ok(told.to_owned());
    }
    let path = std::path::absolute(told).map_err(|error| Refusal(format!("error: `{told}`: {error}")))?;
    Ok(path.to_string_lossy().into_owned())
}

/// The folder that was told, else the nearest one upwards that is a project.
pub(crate) fn root(told: Option<&Path>) -> Result<PathBuf, Refusal> {
    if let Some(told) = told {
        return match told.join(MARK).is_file() {
            true => Ok(told.to_owned()),
            false => Err(Refusal(format!("error: `{}` isn't a project: it has no {MARK}", told.display()))),
        };
    }
    let here = std::env::current_dir().map_err(|error| Refusal(format!("error: no current folder: {error}")))?;
    let found = here.ancestors().find(|folder| folder.join(MARK).is_file());
    found.map(Path::to_owned).ok_or_else(|| {
        Refusal(format!("error: neither this folder nor one above has {MARK}\n  = help: name the project: --root DIR"))
    })
}
