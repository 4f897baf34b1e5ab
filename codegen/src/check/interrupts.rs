//! Devices that share an interrupt line: legal, but each handler must then expect the other's interrupts.

use std::collections::BTreeMap;

use hardware::board::Trigger;

use crate::findings::{Finding, Findings, code};
use crate::model::board::{Board, Inputs};

pub(super) fn check(_: Inputs<'_>, board: &Board, findings: &mut Findings) {
    let mut owners = BTreeMap::new();
    for device in &board.devices {
        for line in &device.interrupts {
            let Some((first, first_line)) = owners.insert(line.value.intid(), (device, line)) else { continue };
            if first.path == device.path {
                continue;
            }
            let message = format!("`{}` and `{}` share {}", first.name, device.name, line.value);
            let place = line.place.clone();
            let mut finding = Finding::warning(code::SHARED_INTERRUPT, message, place, "here")
                .with(first_line.place.clone(), "and here");
            if matches!(line.value.trigger, Trigger::EdgeRising | Trigger::EdgeFalling) {
                finding = finding.note("the line is edge-triggered: an edge of one can hide the other's");
            }
            findings.push(finding.help("legal, if each handler expects the other's interrupts"));
        }
    }
}
