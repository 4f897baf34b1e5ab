//! No two devices claim the same addresses, unless one node is inside the other.

use hardware::board::Window;

use crate::findings::{Finding, Findings, Place, code};
use crate::model::board::{Board, Device, Inputs, Located};

pub(super) fn check(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    without_tree(inputs, board, findings);
    let all = board.devices.iter().flat_map(|device| device.windows.iter().map(move |window| (device, window)));
    let mut windows: Vec<(&Device, &Located<Window>)> = all.filter(|(_, window)| window.value.size > 0).collect();
    windows.sort_by_key(|(_, window)| window.value.base);
    for (index, &(first, below)) in windows.iter().enumerate() {
        let last = below.value.base.saturating_add(below.value.size - 1);
        let after = windows[index + 1..].iter().take_while(|(_, above)| above.value.base <= last);
        for &(second, above) in after.filter(|(second, _)| !nested(first, second)) {
            findings.push(overlap((first, below), (second, above)));
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

/// A node inside another one describes a part of it.
fn nested(a: &Device, b: &Device) -> bool {
    let inside = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    inside(&a.path, &b.path) || inside(&b.path, &a.path)
}

fn overlap((first, below): (&Device, &Located<Window>), (second, above): (&Device, &Located<Window>)) -> Finding {
    let names = match first.path == second.path {
        true => format!("two windows of `{}` overlap", first.name),
        false => format!("windows of `{}` and `{}` overlap", first.name, second.name),
    };
    Finding::error(code::OVERLAPPING_WINDOWS, names, above.place.clone(), format!("{}", above.value))
        .with(below.place.clone(), format!("{}", below.value))
        .help("one of the two nodes is wrong: compare them with the memory map in the manual")
}
