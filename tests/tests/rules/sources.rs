//! What may stand where in the sources.

use std::fs;
use std::path::Path;

use tests::paths;

/// The only file that chooses an architecture.
const ARCH: &str = "kernel/src/arch/mod.rs";
/// The only folders where `unsafe` may stand.
pub(crate) const UNSAFE: [&str; 7] = [
    "drivers/src/mmio/",
    "drivers/src/dma/",
    "kernel/src/arch/",
    "kernel/src/machine/",
    "kernel/src/mm/",
    "kernel/src/sched/switch.rs",
    "kernel/sync/src/",
];
/// Roots of packages that forbid it by themselves.
const FORBIDDING: [&str; 5] =
    ["hardware/src/lib.rs", "codegen/src/lib.rs", "kernel/core/src/lib.rs", "tests/src/lib.rs", "xtask/src/main.rs"];

/// A Rust file's path below the root, and its lines without comments, quotes and its `mod tests`.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) lines: Vec<String>,
}

#[test]
fn only_one_file_chooses_the_architecture() {
    let found = places(&sources(""), |line| line.contains("target_arch"));
    let wrong: Vec<&String> = found.iter().filter(|place| !place.starts_with(ARCH)).collect();
    assert!(wrong.is_empty(), "cfg(target_arch) stands in {ARCH} and nowhere else: {wrong:#?}");
    assert!(!found.is_empty(), "{ARCH} chooses no architecture: this rule looks for the wrong word");
}

#[test]
fn unsafe_stands_only_where_it_is_allowed() {
    let found = places(&sources(""), |line| words(line).any(|word| word == "unsafe"));
    let wrong: Vec<&String> = found.iter().filter(|place| !UNSAFE.iter().any(|at| place.starts_with(at))).collect();
    assert!(wrong.is_empty(), "unsafe outside {UNSAFE:?}: {wrong:#?}");
    assert!(!found.is_empty(), "no unsafe anywhere: this rule looks for the wrong word");
}

#[test]
fn packages_without_unsafe_forbid_it() {
    let forbids = |path: &&str| {
        let text = fs::read_to_string(paths::root().join(path)).unwrap_or_default();
        text.contains("#![forbid(unsafe_code)]")
    };
    let without: Vec<&str> = FORBIDDING.into_iter().filter(|path| !forbids(path)).collect();
    assert!(without.is_empty(), "no #![forbid(unsafe_code)] in {without:?}");
}

#[test]
fn words_in_comments_and_quotes_do_not_count() {
    let lines = code("let a = \"unsafe // x\"; // unsafe\nunsafe { b() }\n#[cfg(test)]\nmod tests {\nunsafe {}");
    assert_eq!(lines, ["let a = \"\"; ", "unsafe { b() }"]);
}

/// `path:line: text` of every line that `is_it`.
pub(crate) fn places(sources: &[Source], is_it: impl Fn(&str) -> bool) -> Vec<String> {
    let mut places = Vec::new();
    for source in sources {
        let hits = source.lines.iter().enumerate().filter(|(_, line)| is_it(line));
        places.extend(hits.map(|(number, line)| format!("{}:{}: {}", source.path, number + 1, line.trim())));
    }
    places
}

/// The workspace's own Rust files below `folder`, tests and build output left out.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    rust_files(folder).into_iter().map(|(path, text)| Source { path, lines: code(&text) }).collect()
}

/// Paths and texts of the same files, as they are.
pub(crate) fn rust_files(folder: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    collect(&paths::root().join(folder), &mut files);
    assert!(!files.is_empty(), "no Rust file below {folder:?}");
    files
}

fn collect(folder: &Path, files: &mut Vec<(String, String)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && !name.starts_with('.') && !["target", "tests", "benches", "fixtures"].contains(&name) {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests.rs" {
            let text = fs::read_to_string(&path).unwrap_or_default();
            files.push((path.strip_prefix(paths::root()).unwrap_or(&path).display().to_string(), text));
        }
    }
}

/// The lines up to the file's own test module. Behind a line that is for tests alone, `mod model;`, the rest goes on.
pub(super) fn without_tests(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    let opens = |rest: &[&str]| {
        let item = rest.iter().find(|line| !line.starts_with("#["));
        rest.first() == Some(&"#[cfg(test)]")
            && item.is_some_and(|item| item.starts_with("mod ") && item.ends_with('{'))
    };
    let end = (0..lines.len()).find(|&index| opens(&lines[index..])).unwrap_or(lines.len());
    lines[..end].to_vec()
}

#[test]
fn a_file_goes_on_behind_a_line_for_tests() {
    let text = "#[cfg(test)]\nmod model;\nfn a() {}\n#[cfg(test)]\n#[expect(x)]\nmod tests {\nfn b() {}\n}";
    assert_eq!(without_tests(text), ["#[cfg(test)]", "mod model;", "fn a() {}"]);
}

/// Lines up to the file's own test module, without comments and without what stands in quotes.
fn code(text: &str) -> Vec<String> {
    let lines = without_tests(text);
    let unquoted = lines.iter().map(|line| line.split('"').step_by(2).collect::<Vec<_>>().join("\"\""));
    unquoted.map(|line| line.split_once("//").map_or(line.as_str(), |(code, _)| code).to_owned()).collect()
}

/// The identifiers and numbers of a line.
pub(crate) fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty())
}
