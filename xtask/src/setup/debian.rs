//! QEMU on Debian 12: its own is 7.2, its backports suite has 10.
//!
//! The suite is added as a stanza of its own that repeats what the system's own entry for `bookworm` says (mirror, keyring,
//! trust), so that a machine with an internal mirror keeps using it.

use std::fs;
use std::path::{Path, PathBuf};

/// The suite that has a QEMU that is new enough.
pub(super) const BACKPORTS: &str = "bookworm-backports";
/// The release whose own QEMU is too old.
pub(super) const RELEASE: &str = "bookworm";
/// The file that the stanza goes into.
pub(super) const FILE: &str = "/etc/apt/sources.list.d/keel-backports.sources";

/// The stanza for the backports suite; `None` when apt knows the suite already.
pub(super) fn stanza() -> Option<String> {
    stanza_from(&entries(Path::new("/etc/apt")))
}

/// One source of packages, in the words of sources.list(5)'s deb822 style.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    suites: Vec<String>,
    /// Every field but `Types`, `Suites` and `Components`.
    fields: Vec<(String, String)>,
}

fn stanza_from(entries: &[Entry]) -> Option<String> {
    let entry_with = |suite: &str| entries.iter().find(|entry| entry.suites.iter().any(|name| name == suite));
    if entry_with(BACKPORTS).is_some() {
        return None;
    }
    let fallback = vec![
        ("URIs".to_owned(), "http://deb.debian.org/debian".to_owned()),
        ("Signed-By".to_owned(), "/usr/share/keyrings/debian-archive-keyring.gpg".to_owned()),
    ];
    let fields = entry_with(RELEASE).map_or(fallback, |entry| entry.fields.clone());
    let fields: String = fields.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    Some(format!("Types: deb\nSuites: {BACKPORTS}\nComponents: main\n{fields}"))
}

fn entries(folder: &Path) -> Vec<Entry> {
    let mut files = vec![folder.join("sources.list")];
    if let Ok(listing) = fs::read_dir(folder.join("sources.list.d")) {
        files.extend(listing.filter_map(|entry| Some(entry.ok()?.path())));
    }
    files.sort();
    files.iter().flat_map(read).collect()
}

fn read(file: &PathBuf) -> Vec<Entry> {
    let text = fs::read_to_string(file).unwrap_or_default();
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("sources") => text.split("\n\n").filter_map(deb822).collect(),
        Some("list") => text.lines().filter_map(one_line).collect(),
        _ => Vec::new(),
    }
}

/// A stanza of `Field: value` lines; continuation lines begin with a space.
fn deb822(stanza: &str) -> Option<Entry> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in stanza.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with([' ', '\t']) {
            let (_, value) = fields.last_mut()?;
            value.push('\n');
            value.push_str(line);
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.to_owned(), value.trim().to_owned()));
        }
    }
    let value =
        |wanted: &str| fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value);
    let disabled = value("Enabled").is_some_and(|value| value == "no");
    if disabled || !value("Types")?.split_whitespace().any(|kind| kind == "deb") {
        return None;
    }
    let suites = value("Suites")?.split_whitespace().map(str::to_owned).collect();
    let replaced = ["Types", "Suites", "Components"];
    fields.retain(|(name, _)| !replaced.iter().any(|replaced| name.eq_ignore_ascii_case(replaced)));
    Some(Entry { suites, fields })
}

/// `deb [option=value …] URI suite component…`
fn one_line(line: &str) -> Option<Entry> {
    let rest = line.trim().strip_prefix("deb ")?.trim_start();
    let (options, rest) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => ("", rest),
    };
    let mut words = rest.split_whitespace();
    let mut fields = vec![("URIs".to_owned(), words.next()?.to_owned())];
    let suites = vec![words.next()?.to_owned()];
    for (name, value) in options.split_whitespace().filter_map(|option| option.split_once('=')) {
        let name = match name {
            "signed-by" => "Signed-By",
            "trusted" => "Trusted",
            "arch" => "Architectures",
            "check-valid-until" => "Check-Valid-Until",
            _ => continue,
        };
        fields.push((name.to_owned(), value.replace(',', " ")));
    }
    Some(Entry { suites, fields })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANZA: &str = "Types: deb\n# a comment\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\n\
                          Components: main\nSigned-By: /keys/debian.gpg\nTrusted: yes\n";

    #[test]
    fn the_systems_own_mirror_and_keyring_are_used() {
        let expected = "Types: deb\nSuites: bookworm-backports\nComponents: main\nURIs: http://mirror.example/debian\n\
                        Signed-By: /keys/debian.gpg\nTrusted: yes\n";
        assert_eq!(stanza_from(&[deb822(STANZA).unwrap()]).unwrap(), expected);
        let line = "deb [ signed-by=/keys/debian.gpg trusted=yes ] http://mirror.example/debian bookworm main";
        assert_eq!(stanza_from(&[one_line(line).unwrap()]).unwrap(), expected);
    }

    #[test]
    fn a_suite_that_is_known_is_not_added_twice() {
        let backports = one_line("deb http://deb.debian.org/debian bookworm-backports main").unwrap();
        assert_eq!(stanza_from(&[deb822(STANZA).unwrap(), backports]), None);
    }

    #[test]
    fn sources_and_disabled_stanzas_do_not_count() {
        assert_eq!(
            one_line("deb-src http://deb.debian.org/debian bookworm main").map(|entry| entry.suites.len()),
            None
        );
        assert_eq!(deb822(&format!("{STANZA}Enabled: no\n")), None);
        assert_eq!(deb822(""), None);
        assert!(stanza_from(&[]).unwrap().contains("deb.debian.org"));
    }
}
