//! The nearest word to one that doesn't exist.

/// Longest word that is compared; nothing that can be suggested is longer.
const LONGEST: usize = 32;

/// The candidate that fewest edits turn `word` into, if that is plausibly what was meant: at most a third of it.
pub(super) fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let limit = (word.chars().count() / 3).max(1);
    let ranked = candidates.map(|candidate| (distance(word, candidate), candidate));
    ranked.filter(|(edits, _)| *edits <= limit).min_by_key(|(edits, _)| *edits).map(|(_, candidate)| candidate)
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b` (optimal string alignment);
/// `usize::MAX` if either is too long to be compared.
fn distance(a: &str, b: &str) -> usize {
    if a.len() > LONGEST || b.len() > LONGEST {
        return usize::MAX;
    }
    // Rows i-2, i-1 and i of the usual matrix.
    let (mut before, mut above, mut row) = ([0; LONGEST + 1], [0; LONGEST + 1], [0; LONGEST + 1]);
    for (index, cell) in above.iter_mut().enumerate() {
        *cell = index;
    }
    let mut last_a = '\0';
    for (i, char_a) in a.chars().enumerate() {
        row[0] = i + 1;
        let mut last_b = '\0';
        for (j, char_b) in b.chars().enumerate() {
            let substitute = above[j] + usize::from(char_a != char_b);
            row[j + 1] = substitute.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && char_a == last_b && last_a == char_b {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
            last_b = char_b;
        }
        last_a = char_a;
        (before, above, row) = (above, row, before);
    }
    above[b.chars().count()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let cases = [("", "", 0), ("abc", "abc", 0), ("", "abc", 3), ("baord", "board", 1), ("kitten", "sitting", 3)];
        for (a, b, edits) in cases {
            assert_eq!((distance(a, b), distance(b, a)), (edits, edits), "{a} {b}");
        }
        assert_eq!(distance(&"x".repeat(33), "x"), usize::MAX);
    }

    #[test]
    fn only_plausible_words_are_suggested() {
        let words = || ["board", "boot", "dt", "log"].into_iter();
        assert_eq!(nearest("baord", words()), Some("board"));
        assert_eq!(nearest("bot", words()), Some("boot"));
        assert_eq!(nearest("metricsctl", words()), None);
    }
}
