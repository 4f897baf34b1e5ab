//! A board is called as its file is: features, commands and findings all go by the file's name. It can be a file's, a Cargo
//! feature's and a Rust module's at once.

use crate::findings::{Finding, Findings, Place, code};
use crate::model::board::{Board, Inputs};

/// The most characters; long enough for `allwinner-sun50i-h618-orangepi-zero2w`.
const MOST: usize = 64;

pub(super) fn check(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    let file = inputs.source.path.rsplit('/').next().unwrap_or_default();
    let stem = file.strip_suffix(".toml").unwrap_or(file);
    let place = Place::text(inputs.source, inputs.file.board.name.span());
    if stem == board.name {
        return board_name(stem, &place, findings);
    }
    let message = format!("the board is called `{}`, its file `{file}`", board.name);
    let finding = Finding::error(code::BOARD_NAME, message, place, "not the file's name");
    findings.push(finding.help(format!("write `name = \"{stem}\"` or rename the file")));
}

/// Holds `name`, which stands at `place`, to what a board may be called.
pub fn board_name(name: &str, place: &Place, findings: &mut Findings) {
    if is_name(name) {
        return;
    }
    let message = format!("no board can be called {name:?}");
    let finding = Finding::error(code::BAD_BOARD_NAME, message, place.clone(), "")
        .note("a name is lower-case letters, digits and single `-` between them, 64 at most");
    findings.push(match usual(name) {
        Some(usual) => finding.help(format!("`{usual}` would do")),
        None => finding.help("call it as its maker does: `rock-5b`"),
    });
}

/// Upper case and `_` are left out because Cargo tells build scripts of features in capitals and with `_` for `-`.
fn is_name(name: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    name.len() <= MOST && name.split('-').all(word)
}

/// `name` as it could be.
fn usual(name: &str) -> Option<String> {
    let letters = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    let letters: String = letters.take(MOST).collect();
    let words: Vec<&str> = letters.split('-').filter(|word| !word.is_empty()).collect();
    Some(words.join("-")).filter(|usual| is_name(usual))
}

#[cfg(test)]
mod tests {
    use super::{is_name, usual};

    #[test]
    fn a_name_fits_a_file_a_feature_and_a_module() {
        for good in ["rpi5", "qemu-virt-gicv2", "96boards", "a"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "Rpi5", "a_b", "a b", "ü", "../x", "a/b", "a.b", "x\0"] {
            assert!(!is_name(bad), "{bad}");
        }
        assert!(!is_name(&"a".repeat(65)));
    }

    #[test]
    fn a_bad_name_gets_a_good_one() {
        assert_eq!(usual("Rock_5B (v1.42)").as_deref(), Some("rock-5b-v1-42"));
        assert_eq!(usual("ü/…"), None);
    }
}
