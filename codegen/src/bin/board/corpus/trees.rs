//! The trees of a folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Refusal;

/// Folders that are searched through below each other; links could go in circles.
const DEEPEST: usize = 16;

/// All `.dtb` files in `folder` and below, in order.
pub(crate) fn find(folder: &Path) -> Result<Vec<PathBuf>, Refusal> {
    let mut trees = Vec::new();
    collect(folder, DEEPEST, &mut trees)
        .map_err(|error| Refusal(format!("error: can't read `{}`: {error}", folder.display())))?;
    trees.sort();
    match trees.is_empty() {
        true => Err(Refusal(format!("error: no .dtb file in `{}`", folder.display()))),
        false => Ok(trees),
    }
}

fn collect(folder: &Path, deep: usize, trees: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && deep > 0 {
            collect(&path, deep - 1, trees)?;
        } else if path.extension().is_some_and(|extension| extension == "dtb") {
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
}
