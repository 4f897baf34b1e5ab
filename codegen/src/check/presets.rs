//! Every switch that a preset turns on is there.

use crate::findings::{Finding, Findings, Place, code};
use crate::model::board::{Board, Inputs};
use crate::parse::nearest;

pub(super) fn check(inputs: Inputs<'_>, _: &Board, findings: &mut Findings) {
    let presets = inputs.presets;
    for switch in presets.preset.values().flat_map(|preset| &preset.on) {
        let name = switch.get_ref().as_str();
        if presets.switches.contains_key(name) {
            continue;
        }
        let place = Place::text(inputs.presets_source, switch.span());
        let finding = Finding::error(code::UNKNOWN_SWITCH, format!("there is no switch `{name}`"), place, "");
        let names: Vec<&str> = presets.switches.keys().map(String::as_str).collect();
        findings.push(match nearest(name, names.iter().copied()) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.help(format!("one of {}", names.join(", "))),
        });
    }
}
