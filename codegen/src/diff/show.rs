//! Differences for people.

use std::collections::BTreeMap;

use super::{Change, Kind};
use crate::visible::visible_lines;

/// A line per difference, and one that counts them.
pub fn text(changes: &[Change]) -> String {
    let mut text: String = changes.iter().map(|change| line(change) + "\n").collect();
    text += &summary(changes);
    text.push('\n');
    visible_lines(&text)
}

fn line(change: &Change) -> String {
    let Change { kind, name, item, from, to, .. } = change;
    let item = item.as_deref().map(|item| format!(" {item}")).unwrap_or_default();
    match (kind, from, to) {
        (Kind::Compatible, Some(from), Some(to)) => format!("~ {name} compatible {from} → {to}"),
        (Kind::Added, _, Some(what)) => format!("+ {name}  {what}").trim_end().to_owned(),
        (Kind::Removed, Some(what), _) => format!("- {name}  {what}").trim_end().to_owned(),
        (Kind::Moved, Some(from), Some(to)) => format!("~ {name} is now {}", changed(from, to)),
        (Kind::Sharing, Some(from), Some(to)) if to.contains(", ") => {
            format!("~ {name} is now shared by {to}; was {from}'s")
        }
        (Kind::Sharing, None, Some(to)) => format!("~ {name} is now shared by {to}"),
        (Kind::Sharing, Some(from), Some(to)) => format!("~ {name} is now {to}'s alone; was shared by {from}"),
        (Kind::Sharing, Some(from), None) => format!("~ {name} is nobody's any more; was shared by {from}"),
        (Kind::Window, Some(from), Some(to)) if size(from) == size(to) => {
            format!("~ {name}{item} moved {from} → {to}")
        }
        (_, Some(from), Some(to)) => format!("~ {name}{item} {from} → {to}"),
        (_, None, Some(to)) => format!("~ {name}{item} is new: {to}"),
        (_, Some(from), None) => format!("~ {name}{item} is gone: {from}"),
        (_, None, None) => format!("~ {name}{item}"),
    }
}

/// The new path without what the old one says already.
fn changed<'c>(from: &str, to: &'c str) -> &'c str {
    match (from.rsplit_once('/'), to.rsplit_once('/')) {
        (Some((parent, _)), Some((other, name))) if parent == other => name,
        _ => to,
    }
}

/// What stands behind the address of a window.
fn size(window: &str) -> Option<&str> {
    window.split_once('+').map(|(_, size)| size)
}

fn summary(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "no difference".to_owned();
    }
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    changes.iter().for_each(|change| *counts.entry(change.kind).or_default() += 1);
    let parts = counts.iter().map(|(kind, count)| {
        let (sign, one, many) = words(*kind);
        format!("{sign}{count} {}", if *count == 1 { one } else { many })
    });
    let mut parts: Vec<String> = parts.collect();
    let windows = |kind: Kind, of: fn(&Change) -> Option<&String>| {
        let texts = changes.iter().filter(|change| change.kind == kind).filter_map(of);
        // Windows of whole nodes are told in their own words.
        texts.flat_map(|text| text.split("  ")).filter(|part| part.starts_with("0x") && !part.contains(' ')).count()
    };
    let (new, gone) =
        (windows(Kind::Added, |change| change.to.as_ref()), windows(Kind::Removed, |change| change.from.as_ref()));
    if new + gone > 0 {
        let signs = [("+", new), ("-", gone)].into_iter().filter(|(_, count)| *count > 0);
        let signs: Vec<String> = signs.map(|(sign, count)| format!("{sign}{count}")).collect();
        parts.push(format!("{} device windows", signs.join(" ")));
    }
    parts.join(", ")
}

const fn words(kind: Kind) -> (&'static str, &'static str, &'static str) {
    match kind {
        Kind::Added => ("+", "node", "nodes"),
        Kind::Removed => ("-", "node", "nodes"),
        Kind::Moved => ("", "node renamed", "nodes renamed"),
        Kind::Compatible => ("", "compatible", "compatibles"),
        Kind::Status => ("", "status", "statuses"),
        Kind::Window => ("", "window", "windows"),
        Kind::Interrupt => ("", "interrupt", "interrupts"),
        Kind::Clock => ("", "clock", "clocks"),
        Kind::Property => ("", "other property", "other properties"),
        Kind::Reservation => ("", "memory reservation", "memory reservations"),
        Kind::Sharing => ("", "shared line", "shared lines"),
        Kind::Setting => ("", "setting", "settings"),
    }
}
