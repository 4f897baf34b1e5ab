//! Policies: what a difference means, by default and by the board file.

use hardware::board::{Class, Item, Policy};

use super::{Board, Inputs, Preset};
use crate::findings::{Finding, Findings, Place, code};
use crate::parse::suggest;

/// The policy where the board file says nothing.
///
/// Without its interrupt controller and timer, a kernel hangs instead of telling what is wrong. A console that is elsewhere
/// than claimed, or something else, means that the claim belongs to another machine, and without it nobody would hear
/// of it. How PSCI is called is the firmware's choice. Everything else costs one device.
pub(super) fn default(class: Class, driven: bool, item: Item, main_console: bool, preset: &Preset) -> Policy {
    match (class, item) {
        (Class::InterruptController, Item::Compatible | Item::Window(_)) if driven => Policy::Fatal,
        (Class::Timer, Item::Compatible | Item::Interrupt(_)) if driven => Policy::Fatal,
        (Class::Console, Item::Compatible | Item::Window(_)) if main_console => Policy::Fatal,
        (_, Item::Conduit) => Policy::LiveWins,
        _ if preset.drift_stops => Policy::Fatal,
        _ => Policy::Warn,
    }
}

/// The board file knows better than firmware: what firmware says isn't worth a device. Where a difference would stop the
/// boot, a value that neither the board file nor the reference tree has is still a reason to.
pub(super) const fn of_fixed(default: Policy) -> Policy {
    match default {
        Policy::Fatal => Policy::Fatal,
        Policy::Warn | Policy::LiveWins | Policy::StaticWins => Policy::StaticWins,
    }
}

/// A machine may have other CPUs than the reference tree.
pub(super) const fn of_cpus() -> Policy {
    Policy::LiveWins
}

/// Sets the policies that the board file's `[verify]` names.
pub(super) fn overrule(inputs: Inputs<'_>, board: &mut Board, findings: &mut Findings) {
    for (name, verify) in &inputs.file.verify {
        match board.facts.iter_mut().find(|fact| fact.name == *name.get_ref()) {
            Some(fact) => {
                fact.policy = verify.on_drift.into();
                fact.why = Some((verify.why.get_ref().clone(), inputs.source.at(name.span().start)));
            }
            None => {
                let place = Place::text(inputs.source, name.span());
                findings.push(unknown(name.get_ref(), board, place));
            }
        }
    }
}

fn unknown(name: &str, board: &Board, place: Place) -> Finding {
    let finding = Finding::error(code::UNKNOWN_FACT, format!("there is no fact `{name}`"), place, "");
    let names = || board.facts.iter().map(|fact| fact.name.as_str());
    suggest(finding, name, names(), || {
        let device = name.split_once('.').map_or(name, |(device, _)| device);
        let of_device: Vec<&str> =
            names().filter(|name| name.strip_prefix(device).is_some_and(|rest| rest.starts_with('.'))).collect();
        match of_device.is_empty() {
            false => format!("`{device}` has {}", of_device.join(", ")),
            true => "a fact is DEVICE.compatible, .window[N], .interrupt[N], .clock[N], .conduit or .mpidr".to_owned(),
        }
    })
}
