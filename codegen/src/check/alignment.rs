//! A window starts where its registers can: a bus does no unaligned access to a device.
//!
//! Pages don't matter here. Windows smaller than a page, and several in one page, are how SoCs are made; the kernel maps the
//! whole page and hands each driver its own bytes of it.

use crate::findings::{Finding, Findings, code};
use crate::model::board::{Board, Inputs, NOT_DRIVEN, alignment};

pub(super) fn check(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    for device in &board.devices {
        let binding = &inputs.bindings[device.binding];
        for window in &device.windows {
            let Some((need, why)) = alignment(binding, window) else { continue };
            if window.value.base.is_multiple_of(need) {
                continue;
            }
            let message = format!("a window of `{}` starts where its registers can't", device.name);
            let label = format!("{:#x} isn't a multiple of {need}", window.value.base);
            let finding = Finding::warning(code::MISALIGNED_WINDOW, message, window.place.clone(), label);
            let finding = finding.note(why).note(NOT_DRIVEN);
            findings.push(finding.help("compare the node with the memory map in the manual"));
        }
    }
}
