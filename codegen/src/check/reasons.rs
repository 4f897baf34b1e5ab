//! A policy that isn't the default one has a reason, for whoever reads the board file next.

use crate::findings::{Finding, Findings, Place, code};
use crate::model::board::{Board, Inputs};

pub(super) fn check(inputs: Inputs<'_>, _: &Board, findings: &mut Findings) {
    for (name, verify) in &inputs.file.verify {
        if verify.why.get_ref().trim().is_empty() {
            let place = Place::text(inputs.source, verify.why.span());
            let message = format!("the policy of `{}` has no reason", name.get_ref());
            let finding = Finding::error(code::NO_REASON, message, place, "says nothing");
            findings.push(finding.help("say what differs, and in which firmware or stepping"));
        }
    }
}
