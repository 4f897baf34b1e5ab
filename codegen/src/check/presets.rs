//! Every switch that a preset turns on is there.

use std::sync::Arc;

use crate::findings::{Finding, Findings, Place, Source, code};
use crate::parse::nearest;
use crate::parse::preset::Presets;

/// Holds the presets to their rule. They are all boards', so this is told once and not by each of them.
pub fn presets(source: &Arc<Source>, presets: &Presets, findings: &mut Findings) {
    for switch in presets.preset.values().flat_map(|preset| &preset.on) {
        let name = switch.get_ref().as_str();
        if presets.switches.contains_key(name) {
            continue;
        }
        let place = Place::text(source, switch.span());
        let finding = Finding::error(code::UNKNOWN_SWITCH, format!("there is no switch `{name}`"), place, "");
        let names: Vec<&str> = presets.switches.keys().map(String::as_str).collect();
        findings.push(match nearest(name, names.iter().copied()) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.help(format!("one of {}", names.join(", "))),
        });
    }
}
