//! The words of a binding that have a notation of their own: access kinds, bit ranges, names.

use std::ops::RangeInclusive;

use super::Access;

/// The access kinds as files spell them.
pub(super) const ACCESS: &[&str] =
    &["read", "write", "read-write", "read-effect", "write-one-to-clear", "write-one-to-set"];

/// Why an access isn't one.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BadAccess<'t> {
    /// A word that isn't a kind.
    Unknown(&'t str),
    /// Kinds that don't go together.
    Combination,
}

/// `read-effect, write`
pub(super) fn access(text: &str) -> Result<Access, BadAccess<'_>> {
    let words: Vec<&str> = text.split(',').map(str::trim).collect();
    if let Some(unknown) = words.iter().find(|word| !ACCESS.contains(word)) {
        return Err(BadAccess::Unknown(unknown));
    }
    Ok(match words[..] {
        ["read"] => Access::Read,
        ["write"] => Access::Write,
        ["read-write"] => Access::ReadWrite,
        ["read-effect"] => Access::Take,
        ["write-one-to-clear"] => Access::Clear,
        ["write-one-to-set"] => Access::Set,
        ["read-effect", "write"] => Access::TakeWrite,
        ["read-effect", "write-one-to-clear"] => Access::TakeClear,
        ["read-effect", "write-one-to-set"] => Access::TakeSet,
        ["read", "write-one-to-clear"] => Access::ReadClear,
        ["read", "write-one-to-set"] => Access::ReadSet,
        _ => return Err(BadAccess::Combination),
    })
}

/// `6..5`: the highest bit first, as manuals write it.
pub(super) fn bits(text: &str) -> Option<RangeInclusive<u8>> {
    let (high, low) = text.split_once("..")?;
    let (high, low) = (high.parse().ok()?, low.parse().ok()?);
    (low <= high && high < 64).then_some(low..=high)
}

/// Whether generated Rust can use it as a name: letters, digits and `_`, a letter first, no keyword.
pub(super) fn is_name(text: &str) -> bool {
    // Names that the generated modules have themselves.
    let taken = ["Register", "Registers", "SIZE", "SET", "CLEAR", "RESET", "Value"];
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic());
    plain && starts && !taken.contains(&text) && !is_keyword(text)
}

/// Whether it can be a name, and in lower case that of a function or module.
pub(super) fn is_function_name(text: &str) -> bool {
    // `new` is the constructor of `Registers`, the others are its methods.
    let lower = text.to_lowercase();
    is_name(text) && !is_keyword(&lower) && !["new", "bus", "into_bus", "probe"].contains(&lower.as_str())
}

fn is_keyword(text: &str) -> bool {
    KEYWORDS.binary_search(&text).is_ok()
}

/// Rust's strict and reserved keywords (The Rust Reference, "Keywords"), in order. Asking syn takes milliseconds for
/// all names of a project.
const KEYWORDS: &[&str] = &[
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_the_high_bit_first() {
        assert_eq!(bits("6..5"), Some(5..=6));
        assert_eq!(bits("63..0"), Some(0..=63));
        for wrong in ["5..6", "64..0", "7", "..", "7..x", "-1..0", ""] {
            assert_eq!(bits(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn accesses_combine_a_read_with_a_write() {
        assert_eq!(access("read-effect, write"), Ok(Access::TakeWrite));
        assert_eq!(access("raed"), Err(BadAccess::Unknown("raed")));
        for wrong in ["read, write", "write, read-effect", "read, read", "read-write, write"] {
            assert_eq!(access(wrong), Err(BadAccess::Combination), "{wrong}");
        }
    }

    #[test]
    fn keywords_are_those_of_rust() {
        assert!(KEYWORDS.is_sorted());
        let is_name = |word: &&&str| syn::parse_str::<syn::Ident>(word).is_ok();
        assert_eq!(KEYWORDS.iter().filter(is_name).collect::<Vec<_>>(), [&"gen"], "syn doesn't know the newest yet");
    }

    #[test]
    fn names_are_rust_names() {
        assert!(is_name("LCR_H") && is_name("num_LPIs") && is_name("A3V"));
        for wrong in ["", "1N", "IN-OUT", "Self", "SIZE", "é"] {
            assert!(!is_name(wrong), "{wrong}");
        }
        assert!(is_name("Type") && !is_function_name("Type"), "`type` is a keyword, `Type` isn't");
    }
}
