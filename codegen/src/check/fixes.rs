//! Fixes: each says who says so, is more than a guess where people rely on it, and changes something that nobody else does.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::Profile;
use crate::findings::{Finding, Findings, Place, Severity, Source, code};
use crate::parse::board::{Confidence, File, Fix};
use crate::parse::tree::Blob;

/// Holds the fixes to what can be said of them without their effect.
pub fn fixes(source: &Arc<Source>, file: &File, blob: &Blob, profile: Profile, findings: &mut Findings) {
    for fix in &file.fix {
        if fix.source.get_ref().trim().is_empty() {
            let message = format!("the fix of `{}` has no source", fix.property.get_ref());
            let place = Place::text(source, fix.source.span());
            let finding = Finding::error(code::NO_SOURCE, message, place, "says nothing");
            findings.push(finding.help("name the manual and its section, the vendor's file, or how it was measured"));
        }
        if *fix.confidence.get_ref() == Confidence::Guess {
            findings.push(guess(source, fix, profile));
        }
    }
    twice(source, file, blob, findings);
}

fn guess(source: &Arc<Source>, fix: &Fix, profile: Profile) -> Finding {
    let severity = match profile {
        Profile::Debug => Severity::Warning,
        Profile::Release => Severity::Error,
    };
    let message = format!("the fix of `{}` is a guess", fix.property.get_ref());
    let place = Place::text(source, fix.confidence.span());
    let finding = Finding::error(code::GUESSED_FIX, message, place, "a release build refuses this");
    Finding { severity, ..finding }.help("measure it, or find it in the datasheet or in the vendor's sources")
}

/// Two fixes of one property, by whatever names of its node.
fn twice(source: &Arc<Source>, file: &File, blob: &Blob, findings: &mut Findings) {
    let mut records = Vec::new();
    // A tree that can't be opened is told where it is needed.
    let Some(tree) = blob.open(&mut records, &mut Findings::default()) else { return };
    let mut known: BTreeMap<(String, &str), Place> = BTreeMap::new();
    for fix in &file.fix {
        let node = fix.node.get_ref();
        let path = tree.resolve(node).map_or_else(|| node.clone(), |node| node.path().to_string());
        let place = Place::text(source, fix.property.span());
        if let Some(first) = known.insert((path, fix.property.get_ref()), place.clone()) {
            let message = format!("`{}` of `{node}` is fixed twice", fix.property.get_ref());
            let finding = Finding::error(code::FIXED_TWICE, message, place, "the second fix");
            findings.push(finding.with(first, "the first fix").help("keep the one that is right"));
        }
    }
}

/// Fixes that aren't among the `effective` ones, in any kind of the board.
pub fn useless_fixes(source: &Arc<Source>, file: &File, effective: &[usize], findings: &mut Findings) {
    for (_, fix) in file.fix.iter().enumerate().filter(|(index, _)| !effective.contains(index)) {
        let place = Place::text(source, fix.value.span());
        let message = format!("the fix of `{}` changes nothing", fix.property.get_ref());
        findings.push(
            Finding::error(code::USELESS_FIX, message, place, "no fact is another one for it")
                .note(
                    "a clock's rate comes through `clocks` where the node has them: from the clock's `clock-frequency`",
                )
                .note("memory, the command line and `stdout-path` are always the live tree's word")
                .help("delete it, or fix the property that the fact is read from: `cargo board report` names it"),
        );
    }
}
