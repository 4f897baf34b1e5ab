//! What a board file changes in its reference tree: fixes, and the kinds in which the board comes.

use serde::Serialize;

use super::text;
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
}

pub(super) fn fixes(file: &written::File) -> Vec<Fix> {
    let fix = |fix: &written::Fix| Fix {
        node: fix.node.get_ref().clone(),
        property: fix.property.get_ref().clone(),
        value: value(fix.value.get_ref()),
        source: fix.source.get_ref().clone(),
        confidence: text::kebab(fix.confidence.get_ref()),
    };
    file.fix.iter().map(fix).collect()
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
    };
    file.variant.iter().map(variant).collect()
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
