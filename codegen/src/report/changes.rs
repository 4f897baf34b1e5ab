//! What a board file changes in its reference tree: fixes, and the kinds in which the board comes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{fingerprint, text};
use crate::model::board::{self, Board};
use crate::parse::board::{self as written, Evidence, PropertyValue};

/// A property that firmware gets wrong.
#[derive(Debug, Clone, Serialize)]
pub struct Fix {
    /// The node's path or alias.
    pub node: String,
    /// The property.
    pub property: String,
    /// What it is now, as the board file has it.
    pub value: String,
    /// Who says so.
    pub source: String,
    /// How sure that is: datasheet, vendor, measured, guess.
    pub confidence: String,
    /// Where the board file says it.
    pub origin: String,
}

/// A kind in which the board comes.
#[derive(Debug, Clone, Serialize)]
pub struct Variant {
    /// `d0`
    pub name: String,
    /// One line for people; empty where there is none.
    pub summary: String,
    /// Its own reference tree, where it has one.
    pub tree: Option<String>,
    /// What a live tree has if the board is of this kind: all of it.
    pub evidence: Vec<String>,
    /// What else differs in the reference tree.
    pub overrides: Vec<String>,
    /// The facts that are others in this kind.
    pub differs: Vec<String>,
}

pub(super) fn fixes(file: &written::File, board: &Board) -> Vec<Fix> {
    let fix = |(fix, placed): (&written::Fix, &board::Fix)| Fix {
        origin: format!("{}:{}", placed.line.file, placed.line.number),
        node: fix.node.get_ref().clone(),
        property: fix.property.get_ref().clone(),
        value: value(fix.value.get_ref()),
        source: fix.source.get_ref().clone(),
        confidence: text::kebab(fix.confidence.get_ref()),
    };
    file.fix.iter().zip(&board.fixes).map(fix).collect()
}

pub(super) fn variants(file: &written::File) -> Vec<Variant> {
    let variant = |variant: &written::Variant| Variant {
        name: variant.name.get_ref().clone(),
        summary: variant.summary.clone().unwrap_or_default(),
        tree: variant.tree.as_ref().map(|tree| tree.get_ref().clone()),
        evidence: variant.evidence.get_ref().0.iter().map(|it| evidence(it.get_ref())).collect(),
        overrides: variant
            .overrides
            .iter()
            .map(|it| format!("{} {} = {}", it.node.get_ref(), it.property.get_ref(), value(it.value.get_ref())))
            .collect(),
        differs: Vec::new(),
    };
    file.variant.iter().map(variant).collect()
}

/// Facts that `kind` claims and `board` doesn't, or not so; and those that only `board` claims.
pub(super) fn differs(board: &Board, kind: &Board) -> Vec<String> {
    let facts = |board: &Board| -> BTreeMap<String, String> {
        board.facts.iter().map(|fact| (fact.name.clone(), fingerprint::value(board, fact))).collect()
    };
    let (base, kind) = (facts(board), facts(kind));
    let changed = kind.iter().filter_map(|(name, now)| match base.get(name) {
        Some(before) if before == now => None,
        Some(before) => Some(format!("{name} = {now} instead of {before}")),
        None => Some(format!("{name} = {now}")),
    });
    let gone = base.keys().filter(|name| !kind.contains_key(*name)).map(|name| format!("no {name}"));
    changed.chain(gone).collect()
}

fn evidence(evidence: &Evidence) -> String {
    let node = evidence.node.as_ref().map_or("/", |node| node.get_ref());
    let property = evidence.property.as_ref().zip(evidence.value.as_ref());
    let property = property.map(|(name, it)| format!("{node} {} = {}", name.get_ref(), value(it.get_ref())));
    let line = evidence.interrupt.as_ref().map(|line| {
        let line = line.get_ref();
        let (kind, number) = line.spi.map_or(("PPI", line.ppi), |spi| ("SPI", Some(spi)));
        format!("{node} interrupt[{}] = {kind} {}", line.nth, number.unwrap_or_default())
    });
    let root = evidence.compatible.as_ref().map(|root| format!("the root is {}", root.get_ref()));
    property.or(line).or(root).unwrap_or_default()
}

fn value(value: &PropertyValue) -> String {
    let cells = |cells: &[u32]| cells.iter().map(|cell| format!("{cell:#x}")).collect::<Vec<_>>().join(" ");
    match value {
        PropertyValue::Number(number) => text::decimal(*number),
        PropertyValue::Cells(all) => format!("<{}>", cells(all)),
        PropertyValue::Strings(strings) => strings.iter().map(|it| format!("{it:?}")).collect::<Vec<_>>().join(", "),
        PropertyValue::Flag(true) => "there".to_owned(),
        PropertyValue::Flag(false) => "not there".to_owned(),
    }
}
