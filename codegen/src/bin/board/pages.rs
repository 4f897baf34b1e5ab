//! `docs/boards/`: the page of each board, and the list of them in its README.

use std::fs;
use std::path::Path;

use codegen::draft::PAGES;

use crate::install::File;

/// The list, in [`PAGES`].
const INDEX: &str = "README.md";

/// What a page has that a command has written: people's own text isn't replaced without being told.
const GENERATED: &str = "\nGenerated: `";

/// Whether the project at `root` keeps pages.
pub(crate) fn kept(root: &Path) -> bool {
    root.join(PAGES).join(INDEX).is_file()
}

/// The page of the board `name` and the list with it in, as they are going to be.
pub(crate) fn files(root: &Path, name: &str, page: String) -> Vec<File> {
    let folder = root.join(PAGES);
    let mut files = vec![File { path: folder.join(format!("{name}.md")), bytes: page.into_bytes() }];
    let index = folder.join(INDEX);
    let listed = fs::read_to_string(&index).ok().and_then(|text| list(&text, name));
    files.extend(listed.map(|text| File { path: index, bytes: text.into_bytes() }));
    files
}

/// Whether there is a page of the board `name` that no command has written.
pub(crate) fn is_own(root: &Path, name: &str) -> bool {
    let path = root.join(PAGES).join(format!("{name}.md"));
    fs::symlink_metadata(&path).is_ok() && !fs::read_to_string(path).is_ok_and(|text| text.contains(GENERATED))
}

/// `index` with the board `name` in its place of the list; `None` where it is there.
fn list(index: &str, name: &str) -> Option<String> {
    let ours = format!("- [{name}]({name}.md)\n");
    let mut lines: Vec<&str> = index.split_inclusive('\n').collect();
    if lines.iter().any(|line| line.trim_end() == ours.trim_end()) {
        return None;
    }
    let listed =
        |line: &str| line.starts_with("- [").then(|| line[3..].split(']').next().unwrap_or_default().to_owned());
    let before = lines.iter().rposition(|line| listed(line).is_some_and(|other| *other < *name));
    let first = || lines.iter().position(|line| listed(line).is_some());
    let at = before.map(|at| at + 1).or_else(first).unwrap_or(lines.len());
    // A last line may lack its end.
    let ended = lines[..at].last().is_none_or(|line| line.ends_with('\n'));
    let line = if ended { ours } else { format!("\n{ours}") };
    lines.insert(at, &line);
    Some(lines.concat())
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn a_board_is_listed_in_order_and_once() {
        let index = "# Boards\n\n- [b](b.md)\n- [d](d.md)\n\nMore.\n";
        let with = list(index, "c").unwrap();
        assert_eq!(with, index.replace("- [d]", "- [c](c.md)\n- [d]"));
        assert_eq!(list(&with, "c"), None);
        assert_eq!(list(index, "a").unwrap(), index.replace("- [b]", "- [a](a.md)\n- [b]"));
        assert_eq!(list(index, "e").unwrap(), index.replace("(d.md)\n", "(d.md)\n- [e](e.md)\n"));
        assert_eq!(list("# Boards", "a").unwrap(), "# Boards\n- [a](a.md)\n");
    }
}
