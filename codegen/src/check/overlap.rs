//! No two devices claim the same addresses, unless one node is inside the other.

use hardware::board::Window;

use crate::findings::{Finding, Findings, code};
use crate::model::board::{Board, Device, Inputs, Located};

pub(super) fn check(_: Inputs<'_>, board: &Board, findings: &mut Findings) {
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
