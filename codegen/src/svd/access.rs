//! SVD's three words about access, `access`, `modifiedWriteValues` and `readAction`, as one of ours.

use super::element::Element;
use crate::findings::Findings;

/// Our words, and what they can't say.
pub(super) struct Access {
    pub(super) words: &'static str,
    pub(super) lost: Option<String>,
}

/// Of a register: its own words, else those of its surroundings, `around` the nearest first. Where the register says nothing
/// of write values or read actions, what all of its fields say counts.
pub(super) fn access(
    register: &Element<'_, '_>,
    around: &[&Element<'_, '_>],
    fields: &[Element<'_, '_>],
) -> Result<Access, Findings> {
    let word = std::iter::once(&register).chain(around).find_map(|it| it.child("access"));
    let (reads, writes) = match word.as_ref().map(Element::content) {
        Some("read-only") => (true, false),
        Some("write-only" | "writeOnce") => (false, true),
        None | Some("read-write" | "read-writeOnce") => (true, true),
        Some(other) => {
            let word = word.as_ref().unwrap_or(register);
            return Err(word.malformed(format!("`{other}` isn't an access"), "read-only, write-only, read-write, …"));
        }
    };
    let takes =
        register.child("readAction").is_some() || fields.iter().any(|field| field.child("readAction").is_some());
    let value = if writes { write_values(register, fields) } else { None };
    let (kind, lost) = match value {
        Some("oneToClear") => (Write::OneToClear, None),
        Some("oneToSet") => (Write::OneToSet, None),
        None | Some("modify") => (Write::Plain, None),
        Some(other) => (Write::Plain, Some(format!("writes have the effect `{other}`"))),
    };
    let words = match (reads, takes, writes, kind) {
        (true, true, false, _) => "read-effect",
        (true, false, false, _) => "read",
        (true, true, true, Write::Plain) => "read-effect, write",
        (true, true, true, Write::OneToClear) => "read-effect, write-one-to-clear",
        (true, true, true, Write::OneToSet) => "read-effect, write-one-to-set",
        (true, false, true, Write::Plain) => "read-write",
        (true, false, true, Write::OneToClear) => "read, write-one-to-clear",
        (true, false, true, Write::OneToSet) => "read, write-one-to-set",
        (false, _, _, Write::Plain) => "write",
        (false, _, _, Write::OneToClear) => "write-one-to-clear",
        (false, _, _, Write::OneToSet) => "write-one-to-set",
    };
    Ok(Access { words, lost })
}

#[derive(Clone, Copy)]
enum Write {
    Plain,
    OneToClear,
    OneToSet,
}

/// What a written bit does: the register's word, else the one on which all fields that can be written agree.
fn write_values<'x>(register: &Element<'x, '_>, fields: &[Element<'x, '_>]) -> Option<&'x str> {
    if let Some(word) = register.text("modifiedWriteValues") {
        return Some(word);
    }
    let writable = fields.iter().filter(|field| field.text("access") != Some("read-only"));
    let mut words = writable.map(|field| field.text("modifiedWriteValues"));
    let first = words.next()??;
    words.all(|word| word == Some(first)).then_some(first)
}
