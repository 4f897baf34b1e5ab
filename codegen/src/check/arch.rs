//! The board's instruction set is one that Keel runs on.

use crate::findings::{Finding, Findings, Place, code};
use crate::model::board::{Board, Inputs};
use crate::parse::suggest;

/// As `CARGO_CFG_TARGET_ARCH` spells them.
pub(super) const KNOWN: [&str; 1] = ["aarch64"];

pub(super) fn check(inputs: Inputs<'_>, _: &Board, findings: &mut Findings) {
    let arch = &inputs.file.board.arch;
    if KNOWN.contains(&arch.get_ref().as_str()) {
        return;
    }
    let place = Place::text(inputs.source, arch.span());
    let finding = Finding::error(code::WRONG_ARCH, format!("Keel doesn't run on `{}`", arch.get_ref()), place, "");
    findings.push(suggest(finding, arch.get_ref(), KNOWN, || format!("it runs on {}", KNOWN.join(", "))));
}
