//! Every switch that is named is there, and those that a preset turns on go together.

use std::sync::Arc;

use crate::findings::{Finding, Findings, Place, Source, code};
use crate::parse::nearest;
use crate::parse::preset::{Preset, Presets};
use crate::parse::toml::Spanned;

/// Switches are bits of a word in the tables.
const MOST: usize = 64;

/// Holds the presets to their rules. They are all boards', so this is told once and not by each of them.
pub fn presets(source: &Arc<Source>, presets: &Presets, findings: &mut Findings) {
    let related = presets.switches.values().flat_map(|switch| switch.needs.iter().chain(&switch.excludes));
    for switch in presets.preset.values().flat_map(|preset| &preset.on).chain(related) {
        if !presets.switches.contains_key(switch.get_ref()) {
            findings.push(unknown(source, presets, switch));
        }
    }
    for (name, preset) in &presets.preset {
        conflicts(source, presets, name, preset, findings);
    }
    if presets.switches.len() > MOST {
        let message = format!("more than {MOST} switches");
        let place = Place::file(source.path.as_str());
        findings.push(Finding::error(code::INVALID_VALUE, message, place, "the tables have a bit for each of them"));
    }
}

/// Two switches that exclude each other, or one without what it needs.
fn conflicts(source: &Arc<Source>, presets: &Presets, name: &str, preset: &Preset, findings: &mut Findings) {
    let is_on = |switch: &Spanned<String>| preset.on.iter().find(|on| *on == switch);
    let place = |switch: &Spanned<String>| Place::text(source, switch.span());
    for switch in &preset.on {
        let Some(rules) = presets.switches.get(switch.get_ref()) else { continue };
        for other in &rules.excludes {
            if let Some(on) = is_on(other) {
                let message = format!("`{name}` can't have both `{}` and `{}`", switch.get_ref(), on.get_ref());
                let finding = Finding::error(code::SWITCH_CONFLICT, message, place(switch), "this one");
                let finding = finding.with(place(on), "and this one").with(place(other), "excluded here");
                findings.push(finding.help("take one of them out"));
            }
        }
        for need in rules.needs.iter().filter(|need| is_on(need).is_none()) {
            let message = format!("`{}` is nothing without `{}`", switch.get_ref(), need.get_ref());
            let finding = Finding::error(code::SWITCH_CONFLICT, message, place(switch), "on in this preset");
            let finding = finding.with(place(need), "needed here");
            findings.push(finding.help(format!("add `{}`, or take `{}` out", need.get_ref(), switch.get_ref())));
        }
    }
}

fn unknown(source: &Arc<Source>, presets: &Presets, switch: &Spanned<String>) -> Finding {
    let name = switch.get_ref();
    let place = Place::text(source, switch.span());
    let finding = Finding::error(code::UNKNOWN_SWITCH, format!("there is no switch `{name}`"), place, "");
    let names: Vec<&str> = presets.switches.keys().map(String::as_str).collect();
    match nearest(name, names.iter().copied()) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding.help(format!("one of {}", names.join(", "))),
    }
}
