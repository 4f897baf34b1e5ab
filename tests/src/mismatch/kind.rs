//! The edit that makes a variant's tree that of the board itself: the value that tells the variant has changed.

use std::collections::BTreeMap;

use hardware::board::{Board, Value};
use hardware::check::Verdict;

use super::{Expected, Mutation, Reference, host};
use crate::Failure;

/// The board that a kernel takes a mutation for, and the rows that must differ then.
///
/// That is the reference's board with what the mutation expects; where the edit takes the evidence away, it is the
/// board without a variant, and what is special about the variant differs too.
pub(super) fn taken(
    reference: &Reference,
    mutation: &Mutation,
) -> Result<(&'static Board, BTreeMap<String, Expected>), Failure> {
    let images: &'static [&'static Board] = vec![reference.base].leak();
    if host::kind(images, &mutation.tree)? == reference.board.variant {
        return Ok((reference.board, mutation.expected.clone()));
    }
    Ok((reference.base, as_base(reference, mutation)))
}

/// What differs where a variant's tree is held against the board without a variant.
fn as_base(reference: &Reference, mutation: &Mutation) -> BTreeMap<String, Expected> {
    let (base, variant) = (reference.base, reference.board);
    let mut expected = BTreeMap::new();
    for fact in base.facts {
        let special = variant.facts.iter().find(|other| other.name == fact.name && other.claimed != fact.claimed);
        let special = special.map(|other| Expected { verdict: Verdict::Drift, live: Some(other.claimed.to_string()) });
        if let Some(row) = mutation.expected.get(fact.name).cloned().or(special) {
            expected.insert(fact.name.to_owned(), row);
        }
    }
    // What no fact of the board's is about is listed, if it is there.
    let extra = mutation.expected.iter().filter(|(_, row)| row.verdict == Verdict::Extra);
    expected.extend(extra.map(|(name, row)| (name.clone(), row.clone())));
    let special = variant.devices.iter().filter(|device| base.devices.iter().all(|other| other.path != device.path));
    for device in special {
        let gone = mutation.expected.get(&format!("{}.compatible", device.name));
        if gone.is_none_or(|row| row.verdict == Verdict::Drift) {
            let name = device.path.rsplit('/').next().unwrap_or_default();
            let live = Some(Value::Compatible(device.compatible).to_string());
            expected.insert(name.to_owned(), Expected { verdict: Verdict::Extra, live });
        }
    }
    expected
}
