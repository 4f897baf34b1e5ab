//! Which devices may be the console, best first.

use hardware::board::{Class, Driver};
use hardware::tree::TreeError;

use super::{Device, Inputs, Preset};
use crate::findings::{Finding, Findings, Place, code};
use crate::parse::nearest;

/// What `prefer` is where the board file doesn't say: the firmware's choice, then any console.
const DEFAULT: [&str; 2] = ["stdout", "console"];

/// Indices of the consoles that have a driver, in the order of the board file's `prefer`. The first of them is what the
/// board is for people: a preset that leaves it out is a finding.
pub(super) fn order(inputs: Inputs<'_>, devices: &[Device], preset: &Preset, findings: &mut Findings) -> Vec<usize> {
    let mut order = preferred(inputs, devices, findings);
    let best = order.first().map(|&best| &devices[best]);
    if let Some((device, driver)) = best.and_then(|device| Some((device, device.by_preset?))) {
        findings.push(left_out(inputs, device, driver, preset));
    }
    order.retain(|&index| devices[index].driver.is_some());
    order
}

/// The same with those that the preset leaves without a driver.
fn preferred(inputs: Inputs<'_>, devices: &[Device], findings: &mut Findings) -> Vec<usize> {
    let stdout = stdout(inputs, devices, findings);
    let choose = |word: &str| -> Vec<usize> {
        let driver = |index: usize| devices[index].driver.or(devices[index].by_preset);
        let usable = |index: &usize| devices[*index].class == Class::Console && driver(*index).is_some();
        let indices = 0..devices.len();
        match word {
            "stdout" => stdout.into_iter().filter(usable).collect(),
            "console" => indices.filter(usable).collect(),
            word => {
                let named = |index: &usize| devices[*index].name == word || devices[*index].binding_name == word;
                indices.filter(usable).filter(named).collect()
            }
        }
    };
    let mut order = Vec::new();
    let mut add = |chosen: Vec<usize>| {
        for index in chosen {
            if !order.contains(&index) {
                order.push(index);
            }
        }
    };
    match &inputs.file.console.prefer {
        None => DEFAULT.iter().for_each(|word| add(choose(word))),
        Some(words) => {
            if words.get_ref().is_empty() {
                let place = Place::text(inputs.source, words.span());
                let finding =
                    Finding::error(code::INVALID_VALUE, "no console is preferred", place, "nobody would hear");
                findings.push(finding.help("leave `prefer` out: then the firmware's choice comes first"));
            }
            for word in words.get_ref() {
                let chosen = choose(word.get_ref());
                if chosen.is_empty() && !DEFAULT.contains(&word.get_ref().as_str()) {
                    let place = Place::text(inputs.source, word.span());
                    findings.push(unknown(word.get_ref(), devices, place));
                }
                add(chosen);
            }
        }
    }
    order
}

/// The device that `/chosen` names.
fn stdout(inputs: Inputs<'_>, devices: &[Device], findings: &mut Findings) -> Option<usize> {
    match inputs.tree.stdout() {
        Ok(Some(stdout)) => devices.iter().position(|device| device.node == stdout.node.index()),
        Ok(None) => None,
        Err(error) => {
            let place = inputs.blob.place_of(inputs.tree, error, inputs.tree.root(), "");
            let label = match error {
                TreeError::Dangling { .. } => "names no node",
                _ => "isn't a path or an alias",
            };
            let finding = Finding::warning(code::DANGLING_STDOUT, "the tree's stdout-path leads nowhere", place, label);
            findings.push(finding.help("the next of `[console] prefer` is used"));
            None
        }
    }
}

fn left_out(inputs: Inputs<'_>, device: &Device, driver: Driver, preset: &Preset) -> Finding {
    let message = format!("the preset `{}` leaves out the driver of the console `{}`", preset.name, device.name);
    let place = Place::text(inputs.source, inputs.file.board.preset.span());
    let label = format!("`{}` isn't among its drivers", driver.name());
    let finding = Finding::error(code::LEFT_OUT, message, place, label);
    let finding = match &inputs.file.console.prefer {
        Some(words) => finding.with(Place::text(inputs.source, words.span()), "preferred here"),
        None => finding.note("without `[console] prefer`, the tree's stdout-path comes first, then any console"),
    };
    finding.help(format!("choose another preset, add `{}` to this one, or prefer another console", driver.name()))
}

fn unknown(word: &str, devices: &[Device], place: Place) -> Finding {
    let finding = Finding::error(code::UNKNOWN_CONSOLE, format!("no console is called `{word}`"), place, "");
    if let Some(device) = devices.iter().find(|device| device.name == word || device.binding_name == word) {
        let why = match device.driver {
            None => format!("nothing drives this `{}`", device.binding_name),
            Some(_) => format!("`{}` isn't a console", device.binding_name),
        };
        return finding.note(format!("{} is `{}`, and {why}", device.name, device.path));
    }
    let consoles: Vec<&Device> = devices.iter().filter(|device| device.class == Class::Console).collect();
    let words = consoles.iter().flat_map(|device| [device.name.as_str(), device.binding_name.as_str()]).chain(DEFAULT);
    match nearest(word, words.clone()) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => {
            let words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
            finding.help(format!("one of {}", words.join(", ")))
        }
    }
}
