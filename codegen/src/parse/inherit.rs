//! Board files that inherit: one table from several files, each value with its place in the file that says it.
//!
//! Sections merge key by key; a value of the heir, be it an array or an inline table, replaces the inherited one.
//! `[[fix]]` and `[[variant]]` add up, the inherited ones first. Nobody inherits a name.

use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::home::{self, FOLDER};
use super::{board, file, nearest, toml as text};
use crate::findings::{Finding, Findings, Place, Source, code};

/// Arrays of tables that add up.
const APPENDED: [&str; 2] = ["fix", "variant"];

/// The board file that `told` means, a name or a path, with all that it inherits.
pub fn read(root: &Path, told: &str, findings: &mut Findings) -> Option<(Arc<Source>, board::File)> {
    let files = files(root, told, findings)?;
    // From the last: a file knows the one behind it.
    let whole = files.iter().rev().fold(None, |inherits, file| {
        Some(Arc::new(Source { path: file.path.clone(), text: file.text.clone(), inherits }))
    })?;
    let mut merged = text::table(files.first()?, findings)?;
    let mut start = 0;
    for pair in files.windows(2) {
        let [heir, inherited] = pair else { continue };
        start += heir.text.len() + 1;
        let mut table = text::table(inherited, findings)?;
        disown(&mut table);
        merge(&mut merged, moved(table, start));
    }
    let file = text::from_table(&whole, merged, findings)?;
    Some((whole, file))
}

/// The file that `told` means and those that it inherits from, nearest first.
fn files(root: &Path, told: &str, findings: &mut Findings) -> Option<Vec<Arc<Source>>> {
    let mut files: Vec<Arc<Source>> = Vec::new();
    let mut next = Some((told.to_owned(), home::file(root, told), Place::Nowhere));
    while let Some((name, path, named)) = next {
        // A path could lead out of the project, and to one file by many names.
        let may_be_path = files.is_empty() && home::is_path(&name);
        if !may_be_path && name.contains(['/', '\\']) {
            let finding = Finding::error(code::NO_BOARD, format!("`{name}` is no board's name"), named, "a path");
            findings.push(finding.help(format!("a board is called as its file in `{FOLDER}/`, without `.toml`")));
            return None;
        }
        if let Some(first) = files.iter().position(|file| file.path == path) {
            findings.push(circle(&files[first..], named));
            return None;
        }
        if !root.join(&path).is_file() {
            findings.push(unknown_board(root, &name, &path, named));
            return None;
        }
        let source = file::text(root, &path, &named, findings)?;
        let inherits = inherited(&text::table(&source, findings)?, &source);
        next = inherits.map(|(name, named)| {
            let path = home::inherited(root, &source.path, &name);
            (name, path, named)
        });
        files.push(source);
    }
    Some(files)
}

/// What `[board] inherit` says. Of another type than text, it is told when the whole is read.
fn inherited(table: &DeTable<'_>, source: &Arc<Source>) -> Option<(String, Place)> {
    let DeValue::Table(board) = table.get("board")?.get_ref() else { return None };
    let inherit = board.get("inherit")?;
    let name = inherit.get_ref().as_str()?.to_owned();
    Some((name, Place::text(source, inherit.span())))
}

/// Takes out what nobody inherits.
fn disown(table: &mut DeTable<'_>) {
    if let Some(DeValue::Table(board)) = table.get_mut("board").map(Spanned::get_mut) {
        board.remove("name");
        board.remove("inherit");
    }
}

/// Adds to `heir` what only `inherited` says.
fn merge<'t>(heir: &mut DeTable<'t>, inherited: DeTable<'t>) {
    for (key, value) in inherited {
        let Some(own) = heir.get_mut(key.get_ref().as_ref()) else {
            heir.insert(key, value);
            continue;
        };
        match (own.get_mut(), value.into_inner()) {
            (DeValue::Table(own), DeValue::Table(section)) => {
                for (key, value) in section {
                    own.entry(key).or_insert(value);
                }
            }
            (DeValue::Array(own), DeValue::Array(list))
                if APPENDED.iter().any(|name| *name == key.get_ref().as_ref()) =>
            {
                let heirs = std::mem::replace(own, DeArray::new());
                *own = list.into_iter().chain(heirs).collect();
            }
            _ => {}
        }
    }
}

/// `table` with its spans `by` bytes further on.
fn moved(table: DeTable<'_>, by: usize) -> DeTable<'_> {
    let entries = table.into_iter().map(|(key, value)| {
        let span = key.span();
        (Spanned::new(span.start + by..span.end + by, key.into_inner()), moved_value(value, by))
    });
    entries.collect()
}

fn moved_value(value: Spanned<DeValue<'_>>, by: usize) -> Spanned<DeValue<'_>> {
    let span = value.span();
    let inner = match value.into_inner() {
        DeValue::Table(table) => DeValue::Table(moved(table, by)),
        DeValue::Array(array) => DeValue::Array(array.into_iter().map(|element| moved_value(element, by)).collect()),
        plain => plain,
    };
    Spanned::new(span.start + by..span.end + by, inner)
}

fn circle(files: &[Arc<Source>], named: Place) -> Finding {
    let names: Vec<String> = files.iter().chain(files.first()).map(|file| format!("`{}`", file.path)).collect();
    let finding = Finding::error(code::INHERIT_CYCLE, "a board inherits from itself", named, "leads back");
    finding
        .note(format!("each inherits from the next: {}", names.join(" → ")))
        .help("one of these boards has to stand on its own")
}

/// There is no board `name`, whose file would be `path`; `named` is where it was named, if a file did.
fn unknown_board(root: &Path, name: &str, path: &str, named: Place) -> Finding {
    let message = format!("there is no board `{name}`");
    let finding = match named {
        Place::Nowhere => Finding::error(code::NO_BOARD, message, Place::file(path), "no such file"),
        named => Finding::error(code::NO_BOARD, message, named, format!("no `{path}`")),
    };
    if home::is_path(name) {
        return finding;
    }
    let names = file::toml_names(&root.join(FOLDER)).unwrap_or_default();
    let finding = match names.is_empty() {
        true => finding,
        false => finding.note(format!("the boards of this project: {}", names.join(", "))),
    };
    match nearest(name, names.iter().map(String::as_str)) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding.help(format!("`cargo board new {name} --dtb FILE` drafts it from its device tree")),
    }
}
