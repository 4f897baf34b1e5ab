//! No two devices claim the same addresses, unless one node is inside the other.

use std::collections::BTreeSet;

use hardware::board::Window;

use crate::findings::{Finding, Findings, Place, code};
use crate::model::board::{Board, Device, Inputs, Located, overlaps};

pub(super) fn check(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    without_tree(inputs, board, findings);
    // One mistake of a node may repeat in all of its windows.
    let mut told = BTreeSet::new();
    for [first, second] in overlaps(&board.devices) {
        if told.insert((first.0.node, second.0.node)) {
            findings.push(overlap(first, second));
        }
    }
}

/// The RAM that a boot without a tree uses isn't a device's.
fn without_tree(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    let (Some(memory), Some(without)) = (board.without_tree, &inputs.file.without_tree) else { return };
    let end = |window: &Window| u128::from(window.base) + u128::from(window.size);
    let inside = |window: &Window| {
        window.size > 0 && u128::from(window.base) < end(&memory) && u128::from(memory.base) < end(window)
    };
    let mut windows = board.devices.iter().flat_map(|device| device.windows.iter().map(move |window| (device, window)));
    if let Some((device, window)) = windows.find(|(_, window)| inside(&window.value)) {
        let message = format!("the RAM of a boot without a tree covers a window of `{}`", device.name);
        let place = Place::text(inputs.source, without.memory.span());
        findings.push(
            Finding::error(code::OVERLAPPING_WINDOWS, message, place, format!("{memory}"))
                .with(window.place.clone(), format!("{}", window.value))
                .help("name only what is RAM on every such board"),
        );
    }
}

fn overlap((first, below): (&Device, &Located<Window>), (second, above): (&Device, &Located<Window>)) -> Finding {
    let names = match first.path == second.path {
        true => format!("two windows of `{}` overlap", first.name),
        false => format!("windows of `{}` and `{}` overlap", first.name, second.name),
    };
    Finding::warning(code::OVERLAPPING_WINDOWS, names, above.place.clone(), format!("{}", above.value))
        .with(below.place.clone(), format!("{}", below.value))
        .note("no more than one of the two is driven")
        .help("one of the two nodes is wrong: compare them with the memory map in the manual")
}
