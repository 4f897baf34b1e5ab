//! The trees of a folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Refusal;

/// All `.dtb` files in `folder` and below, in order.
pub(crate) fn find(folder: &Path) -> Result<Vec<PathBuf>, Refusal> {
    let mut trees = Vec::new();
    collect(folder, &mut BTreeSet::new(), &mut trees)
        .map_err(|error| Refusal(format!("error: can't read `{}`: {error}", folder.display())))?;
    trees.sort();
    match trees.is_empty() {
        true => Err(Refusal(format!("error: no .dtb file in `{}`", folder.display()))),
        false => Ok(trees),
    }
}

/// Goes through each folder once: links could lead in circles. What is no file would be waited for.
fn collect(folder: &Path, seen: &mut BTreeSet<PathBuf>, trees: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !seen.insert(folder.canonicalize()?) {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, seen, trees)?;
        } else if path.is_file() && path.extension().is_some_and(|extension| extension == "dtb") {
            trees.push(path);
        }
    }
    Ok(())
}

/// `count` of `trees`, evenly spread over them.
pub(crate) fn spread(trees: Vec<PathBuf>, count: usize) -> Vec<PathBuf> {
    let all = trees.len();
    let count = count.min(all);
    let chosen: Vec<usize> = (0..count).map(|nth| nth * all / count).collect();
    let chosen = |index: &usize| chosen.binary_search(index).is_ok();
    trees.into_iter().enumerate().filter(|(index, _)| chosen(index)).map(|(_, tree)| tree).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::spread;

    #[test]
    fn a_part_is_spread_over_the_whole() {
        let of = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let all = of(&["a", "b", "c", "d", "e"]);
        assert_eq!(spread(all.clone(), 2), of(&["a", "c"]));
        assert_eq!(spread(all.clone(), 9), all);
        assert_eq!(spread(all, 0), of(&[]));
    }

    #[test]
    #[cfg(unix)]
    fn links_that_lead_in_circles_are_gone_through_once() {
        let root = std::env::temp_dir().join(format!("keel-trees-{}", std::process::id()));
        std::fs::create_dir_all(root.join("folder.dtb")).unwrap();
        std::fs::write(root.join("folder.dtb/a.dtb"), "").unwrap();
        for link in ["one", "two", "folder.dtb/up"] {
            std::os::unix::fs::symlink(&root, root.join(link)).unwrap();
        }
        std::os::unix::fs::symlink("/dev/zero", root.join("device.dtb")).unwrap();
        let found = super::find(&root);
        std::fs::remove_dir_all(&root).unwrap();
        assert_eq!(found.ok().map(|trees| trees.len()), Some(1));
    }
}
