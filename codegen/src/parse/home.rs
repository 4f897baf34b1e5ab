//! Where a board's files are: people call a board by its name in `boards/`, or by the path of a file that they keep
//! elsewhere.
//!
//! Paths are relative to the project's root, whatever was typed, so that neither an image nor a report tells whose disk it
//! was made on.

use std::path::{Component, Path, PathBuf};

/// Where the project's own board files lie, relative to its root.
pub const FOLDER: &str = "boards";

/// What tells a path from a name: no name has a dot.
const EXTENSION: &str = ".toml";

/// Whether `told` is the path of a board file, not a board's name.
pub fn is_path(told: &str) -> bool {
    told.ends_with(EXTENSION)
}

/// The board file that `told` means: `rpi5`, or `../ours/boards/gateway.toml`, absolute or relative to `root`.
pub fn file(root: &Path, told: &str) -> String {
    match is_path(told) {
        true => relative(root, Path::new(told)),
        false => format!("{FOLDER}/{told}{EXTENSION}"),
    }
}

/// The board file that `heir` inherits from as `name`: its neighbour, else one of the project's.
pub(super) fn inherited(root: &Path, heir: &str, name: &str) -> String {
    let neighbour = beside(heir, &format!("{name}{EXTENSION}"));
    if root.join(&neighbour).is_file() { neighbour } else { format!("{FOLDER}/{name}{EXTENSION}") }
}

/// The file called `name` in the folder of `file`.
pub fn beside(file: &str, name: &str) -> String {
    match file.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{name}"),
        None => name.to_owned(),
    }
}

/// `path` as it is reached from `root`. A path on another drive, or one that is no text, stays as it is.
fn relative(root: &Path, path: &Path) -> String {
    // What isn't there has no other form than the one that was typed; reading it will say so.
    let real = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    let (Ok(from), Ok(to)) = (real(root), real(&root.join(path))) else { return path.to_string_lossy().into_owned() };
    let common = from.components().zip(to.components()).take_while(|(from, to)| from == to).count();
    if common == 0 {
        return path.to_string_lossy().into_owned();
    }
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(to.components().skip(common)).collect();
    let names: Vec<_> = way.components().map(|name| name.as_os_str().to_string_lossy().into_owned()).collect();
    names.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_projects_and_a_path_is_anybodys() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        assert_eq!(file(&root, "rpi5"), "boards/rpi5.toml");
        assert_eq!(file(&root, "boards/rpi5.toml"), "boards/rpi5.toml");
        let elsewhere = std::env::temp_dir();
        let told = elsewhere.join("ours.toml");
        let path = file(&root, &told.to_string_lossy());
        assert!(path.starts_with("../") && path.ends_with("/ours.toml"), "{path}");
        assert_eq!(std::fs::canonicalize(root.join(&path).parent().unwrap()).ok(), elsewhere.canonicalize().ok());
    }

    #[test]
    fn a_neighbour_is_preferred_to_the_projects() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        assert_eq!(inherited(&root, "schemas/x.toml", "presets"), "schemas/presets.toml");
        assert_eq!(inherited(&root, "schemas/x.toml", "rpi5"), "boards/rpi5.toml");
        assert_eq!(beside("x.toml", "x.dtb"), "x.dtb");
    }
}
