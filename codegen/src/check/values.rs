//! What the board file sets can be true, and true together.

use crate::findings::{Finding, Findings, Place, code};
use crate::model::board::{Board, Inputs};
use crate::parse::board::Bytes;

pub(super) fn check(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    without_tree(inputs, findings);
    qemu(inputs, board, findings);
}

/// The RAM of a boot without a tree is some, and has an end.
fn without_tree(inputs: Inputs<'_>, findings: &mut Findings) {
    let Some(without) = &inputs.file.without_tree else { return };
    let region = without.memory.get_ref();
    let place = Place::text(inputs.source, without.memory.span());
    if region.size.0 == 0 {
        let message = "no kernel runs in no RAM";
        findings.push(Finding::error(code::INVALID_VALUE, message, place, "0 bytes"));
    } else if region.base.checked_add(region.size.0).is_none() {
        let message = "the RAM ends past the last address";
        findings.push(Finding::error(code::INVALID_VALUE, message, place, "doesn't fit 64 bits"));
    }
}

/// QEMU shows a machine on which the board boots.
fn qemu(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    let Some(qemu) = &inputs.file.qemu else { return };
    if *qemu.smp.get_ref() == 0 {
        let place = Place::text(inputs.source, qemu.smp.span());
        findings.push(Finding::error(code::INVALID_VALUE, "a machine has a CPU", place, "write 1 or more"));
    }
    let memory = qemu.memory.get_ref().0;
    if memory < board.least_memory {
        let place = Place::text(inputs.source, qemu.memory.span());
        let message = "QEMU would show a machine that is too small to boot";
        let mut finding = Finding::error(code::INVALID_VALUE, message, place, "");
        if let Some(least) = &inputs.file.memory.least {
            let label = format!("the boot stops with less than {}", Bytes(board.least_memory));
            finding = finding.with(Place::text(inputs.source, least.span()), label);
        }
        findings.push(finding);
    }
}
