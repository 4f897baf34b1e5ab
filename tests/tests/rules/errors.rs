//! Errors are types; their numbers stand in one place.

use crate::sources::{Source, places, sources, words};

/// Packages that run on the hardware.
const FOLDERS: [&str; 3] = ["kernel", "drivers", "hardware"];
/// The one file that turns errors into numbers.
const NUMBERS: &str = "kernel/core/src/errno.rs";
/// Lines above `pub enum` in which its derive stands.
const ABOVE: usize = 4;

fn all() -> impl Iterator<Item = Source> {
    FOLDERS.iter().flat_map(|folder| sources(folder))
}

#[test]
fn numbers_of_errors_stand_in_one_file() {
    let found: Vec<String> = all().flat_map(|source| places(&[source], names_a_number)).collect();
    let wrong: Vec<&String> = found.iter().filter(|place| !place.starts_with(NUMBERS)).collect();
    assert!(wrong.is_empty(), "which number an error has is {NUMBERS}'s to say: {wrong:#?}");
    assert!(!found.is_empty(), "{NUMBERS} names no number: this rule looks for the wrong word");
}

#[test]
fn no_function_fails_with_a_number() {
    let found: Vec<String> = all().flat_map(|source| places(&[source], fails_with_a_number)).collect();
    assert!(found.is_empty(), "an error is a type, not a number: {found:#?}");
}

#[test]
fn every_error_is_one_by_thiserror() {
    let mut seen = 0;
    for Source { path, lines } in all() {
        for (number, line) in lines.iter().enumerate().filter(|(_, line)| declares_an_error(line)) {
            seen += 1;
            let above = lines.get(number.saturating_sub(ABOVE)..number).unwrap_or_default();
            let derived = above.iter().any(|line| line.contains("derive(") && words(line).any(|word| word == "Error"));
            assert!(derived, "{path}:{}: {line} doesn't derive thiserror::Error", number + 1);
        }
    }
    assert!(seen > 20, "{seen} errors: this rule looks for the wrong words");
}

/// `Errno::EIO`, `ENOENT`
fn names_a_number(line: &str) -> bool {
    const KNOWN: [&str; 16] = [
        "EPERM",
        "ENOENT",
        "EIO",
        "EAGAIN",
        "ENOMEM",
        "EACCES",
        "EFAULT",
        "EBUSY",
        "EEXIST",
        "ENODEV",
        "ENOTDIR",
        "EISDIR",
        "EINVAL",
        "ENOSPC",
        "ENOSYS",
        "ETIMEDOUT",
    ];
    line.contains("Errno::") || words(line).any(|word| KNOWN.contains(&word))
}

/// `Result<…, i32>`, `Err(-1)`
fn fails_with_a_number(line: &str) -> bool {
    const NUMBERS: [&str; 10] = ["i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32", "u64", "usize"];
    let result = line.split("Result<").skip(1).filter_map(|rest| {
        let end = rest.find(['>', '{', '(']).unwrap_or(rest.len());
        rest.get(..end)?.rsplit_once(',').map(|(_, error)| error.trim())
    });
    let number = |text: &str| text.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
    result.into_iter().any(|error| NUMBERS.contains(&error)) || line.split("Err(").skip(1).any(number)
}

/// `pub enum FrameError {`
fn declares_an_error(line: &str) -> bool {
    let named = ["enum ", "struct "].iter().any(|kind| line.trim_start().starts_with(&format!("pub {kind}")));
    named && words(line).nth(2).is_some_and(|name| name.ends_with("Error"))
}

#[test]
fn the_rules_see_what_is_wrong() {
    assert!(names_a_number("return Err(Errno::EIO)") && names_a_number("    ENOENT = 2,"));
    assert!(!names_a_number("const ENABLE: u32 = 1;") && !names_a_number("let errno = failure.errno();"));
    assert!(fails_with_a_number("fn read(&self) -> Result<u32, i32> {") && fails_with_a_number("return Err(-22);"));
    assert!(fails_with_a_number("Err(5)") && !fails_with_a_number("fn read(&self) -> Result<u32, RtcError> {"));
    assert!(!fails_with_a_number("fn at(&self) -> Result<u64, MapError>;") && !fails_with_a_number("Err(error)"));
    assert!(declares_an_error("pub enum FrameError {") && !declares_an_error("pub enum Order {"));
}
