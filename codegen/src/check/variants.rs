//! Variants: their evidence is in their own trees, in nobody else's, and never in two of them.

use std::sync::Arc;

use crate::findings::{Finding, Findings, Place, Source, code};
use crate::model::board::{Evidence, Kind};
use crate::parse::board::Variant;

/// Holds the kinds of a board, the board itself first, against each other.
pub fn variants(source: &Arc<Source>, kinds: &[&Kind<'_>], findings: &mut Findings) {
    let [base, variants @ ..] = kinds else { return };
    for (index, kind) in variants.iter().enumerate() {
        let Some(variant) = kind.variant else { continue };
        name(source, variant, findings);
        if shows(base, kind) {
            let message = format!("the board's own tree shows the evidence of `{}`", variant.name.get_ref());
            let finding = Finding::error(code::AMBIGUOUS_VARIANTS, message, evidence(source, variant), "");
            let label = "so the board would never be what this tree says";
            findings.push(finding.with(base.recorded().named.clone(), label).help(
                "name something that only this kind has, or make the kind in the tree the board and the other the variant",
            ));
        }
        if !shows(kind, kind) {
            findings.push(absent(source, kind, variant));
        }
        for other in variants.iter().take(index) {
            if let Some(other) = other.variant.filter(|_| !excludes(kind, other)) {
                findings.push(ambiguous(source, variant, other));
            }
        }
    }
}

/// The name stands in the banner and in generated names.
fn name(source: &Arc<Source>, variant: &Variant, findings: &mut Findings) {
    let name = variant.name.get_ref();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || !name.bytes().all(plain) {
        let place = Place::text(source, variant.name.span());
        let finding = Finding::error(code::INVALID_VALUE, format!("`{name}` is no name for a variant"), place, "");
        findings.push(finding.help("lower-case letters, digits and `-`, as in `d0`"));
    }
}

/// Whether the tree of `tree` has all the evidence of `of`.
fn shows(tree: &Kind<'_>, of: &Kind<'_>) -> bool {
    let mut records = Vec::new();
    // It has been opened before.
    let Some(tree) = tree.recorded().open(&mut records, &mut Findings::default()) else { return true };
    of.evidence.iter().all(|evidence| evidence.holds(&tree))
}

/// Whether no tree has all the evidence of both.
fn excludes(one: &Kind<'_>, other: &Kind<'_>) -> bool {
    one.evidence.iter().any(|piece: &Evidence| other.evidence.iter().any(|other| piece.excludes(other)))
}

fn absent(source: &Arc<Source>, kind: &Kind<'_>, variant: &Variant) -> Finding {
    let message = format!("the tree of `{}` doesn't show the evidence", variant.name.get_ref());
    let finding = Finding::error(code::EVIDENCE_ABSENT, message, evidence(source, variant), "");
    match &variant.tree {
        Some(tree) => finding
            .with(Place::text(source, tree.span()), format!("not in `{}`", kind.recorded().path))
            .help("a live tree of this kind would be taken for another: one of the two is wrong"),
        None => finding
            .note("evidence is made true in the board's tree, but this node's interrupts aren't plain lines of the GIC")
            .help("say in [[variant.override]] what the properties are, or give the variant a `tree`"),
    }
}

fn ambiguous(source: &Arc<Source>, variant: &Variant, other: &Variant) -> Finding {
    let (one, two) = (variant.name.get_ref(), other.name.get_ref());
    if one == two {
        let place = Place::text(source, variant.name.span());
        return Finding::error(
            code::VARIANT_TWICE,
            format!("two variants are called `{one}`"),
            place,
            "the second one",
        )
        .with(Place::text(source, other.name.span()), "the first one")
        .help("give one of them another name");
    }
    let message = format!("a machine could be `{two}` and `{one}` at once");
    Finding::error(code::AMBIGUOUS_VARIANTS, message, evidence(source, variant), "nothing here excludes the other")
        .with(evidence(source, other), "the other")
        .help("add to one what the other has otherwise: evidence = [{ … }, { … }] is evidence that all has to be there")
}

fn evidence(source: &Arc<Source>, variant: &Variant) -> Place {
    Place::text(source, variant.evidence.span())
}
