//! A window is large enough for its binding's registers: the last one would otherwise be another device's.

use crate::findings::{Finding, Findings, code};
use crate::model::board::{Board, Inputs, NOT_DRIVEN};

pub(super) fn check(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    for device in &board.devices {
        let binding = &inputs.bindings[device.binding];
        for window in &device.windows {
            let Some(need) = binding.windows.get(usize::from(window.index)) else { continue };
            if window.value.size >= need.size.value {
                continue;
            }
            let message = "window is smaller than its register map";
            let label = format!("{:#x} bytes", window.value.size);
            let needs = format!("`{}` needs {:#x} bytes", binding.name.value, need.size.value);
            let finding = Finding::warning(code::WINDOW_TOO_SMALL, message, window.place.clone(), label);
            let help = format!("one of the two is wrong; the manual is {}", binding.manual);
            findings.push(finding.with(need.size.place.clone(), needs).note(NOT_DRIVEN).help(help));
        }
    }
}
