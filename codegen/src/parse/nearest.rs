//! The word somebody probably meant.

use crate::findings::Finding;

/// Helps with the one of `candidates` that was probably meant by `word`; where none is near, with `otherwise`.
pub fn suggest<'c>(
    finding: Finding,
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
    otherwise: impl FnOnce() -> String,
) -> Finding {
    finding.help(match nearest(word, candidates) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => otherwise(),
    })
}

/// The one of `candidates` that is nearest to `word`, if it is near enough to be meant.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let allowed = 1 + word.chars().count() / 4;
    let scored = candidates.into_iter().map(|candidate| (distance(word, candidate), candidate));
    scored.filter(|&(distance, _)| distance <= allowed).min().map(|(_, candidate)| candidate)
}

/// How many characters have to be inserted, deleted, replaced or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().flat_map(char::to_lowercase).collect();
    let b: Vec<char> = b.chars().flat_map(char::to_lowercase).collect();
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distances_are_those_of_the_literature() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("nmae", "name"), 1, "a swap counts once");
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("Name", "name"), 0, "case doesn't count");
    }

    #[test]
    fn only_near_words_are_offered() {
        assert_eq!(nearest("nmae", ["summary", "name", "arch"]), Some("name"));
        assert_eq!(nearest("colour", ["summary", "name", "arch"]), None);
    }
}
