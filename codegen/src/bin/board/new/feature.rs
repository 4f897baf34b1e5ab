//! The board's Cargo feature.

/// Where features are, relative to the project's root.
pub(crate) const MANIFEST: &str = "kernel/Cargo.toml";

/// What became of the feature.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is new.
    Added,
    /// It was there.
    There,
    /// The project has no such manifest, or one without features.
    NoManifest,
}

/// `manifest` with the feature of the board `name` among its kind; `None` where nothing changes.
pub(crate) fn add(manifest: Option<&str>, name: &str) -> (Outcome, Option<String>) {
    let Some(manifest) = manifest else { return (Outcome::NoManifest, None) };
    let mut lines: Vec<&str> = manifest.split_inclusive('\n').collect();
    let Some(start) = lines.iter().position(|line| line.trim() == "[features]") else {
        return (Outcome::NoManifest, None);
    };
    let end = lines[start + 1..].iter().position(|line| line.starts_with('[')).map_or(lines.len(), |at| start + 1 + at);
    let ours = format!("board-{name}");
    let keys: Vec<(usize, &str)> =
        (start..end).filter_map(|at| Some((at, lines[at].split_once('=')?.0.trim()))).collect();
    if keys.iter().any(|(_, key)| *key == ours) {
        return (Outcome::There, None);
    }
    // Behind the last board that comes before it; the first board comes behind all other features.
    let boards = keys.iter().rfind(|(_, key)| key.starts_with("board-") && *key < ours.as_str());
    let others = || keys.iter().rfind(|(_, key)| !key.starts_with("board-"));
    let at = boards.or_else(others).map_or(start, |(at, _)| *at) + 1;
    let feature = format!("{ours} = []");
    // A last line may lack its end.
    let ended = lines[at - 1].ends_with('\n');
    let line = if ended { format!("{feature}\n") } else { format!("\n{feature}\n") };
    lines.insert(at, &line);
    (Outcome::Added, Some(lines.concat()))
}

#[cfg(test)]
mod tests {
    use super::{Outcome, add};

    #[test]
    fn a_feature_comes_in_order_and_once() {
        let manifest = "[package]\n\n[features]\nstrict = []\nboard-b = []\nboard-d = [] # mine\n\n[lints]\n";
        let (outcome, text) = add(Some(manifest), "c");
        assert_eq!(outcome, Outcome::Added);
        let text = text.unwrap();
        assert_eq!(text, manifest.replace("board-b = []\n", "board-b = []\nboard-c = []\n"));
        assert_eq!(add(Some(&text), "c"), (Outcome::There, None));
        let first = add(Some(manifest), "a").1.unwrap();
        assert_eq!(first, manifest.replace("strict = []\n", "strict = []\nboard-a = []\n"));
        assert_eq!(add(Some("[features]"), "a").1.unwrap(), "[features]\nboard-a = []\n");
        assert_eq!(add(Some("[lints]\n"), "a"), (Outcome::NoManifest, None));
        assert_eq!(add(None, "a"), (Outcome::NoManifest, None));
    }
}
