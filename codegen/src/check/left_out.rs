//! What the preset leaves out, nothing that it chooses waits for: a timer without its interrupt controller never ticks.

use hardware::board::{Class, Driver};

use crate::findings::{Finding, Findings, Place, code};
use crate::model::board::{Board, Device, Inputs};

pub(super) fn check(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    // Everything else can do without: the console polls.
    let timers = board.devices.iter().filter(|device| device.class == Class::Timer && device.driver.is_some());
    for timer in timers {
        let needs = timer.needs.iter().map(|&need| &board.devices[need]);
        let controllers = needs.filter(|need| need.class == Class::InterruptController);
        for (controller, driver) in controllers.filter_map(|need| Some((need, need.by_preset?))) {
            findings.push(finding(inputs, board, timer, controller, driver));
        }
    }
}

fn finding(inputs: Inputs<'_>, board: &Board, timer: &Device, controller: &Device, driver: Driver) -> Finding {
    let preset = &board.preset.name;
    let message = format!("the preset `{preset}` has a driver for `{}`, and none for what interrupts it", timer.name);
    let place = Place::text(inputs.source, inputs.file.board.preset.span());
    let label = format!("`{}` isn't among its drivers", driver.name());
    let finding = Finding::error(code::LEFT_OUT, message, place, label);
    let finding = finding.note(format!("`{}` signals through `{}`", timer.name, controller.name));
    let timers = timer.driver.map_or("", Driver::name);
    finding.help(format!("choose another preset, add `{}` to this one, or take `{timers}` out", driver.name()))
}
