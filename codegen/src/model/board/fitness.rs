//! Which devices the tree describes well enough to be driven.
//!
//! A tree is the firmware's word. What is wrong in it is told, and costs the device that it is about its driver, never the
//! board: the rules in `check` point at it, and the device is still named, checked and reported.

use hardware::board::{Driver, Window};
use hardware::tree::Node;

use super::{Device, Inputs, Located};
use crate::model::device::{Binding, Clock};

/// Two windows of one address, as (device, window) with the lower one first.
pub type Overlap<'d> = [(&'d Device, &'d Located<Window>); 2];

/// Takes the driver from devices that it couldn't drive: what their nodes lack, `stuck` ones that wait for themselves,
/// and the second of two that claim the same addresses.
pub(super) fn judge(inputs: Inputs<'_>, devices: &mut [Device], stuck: &[usize]) {
    for (index, device) in devices.iter_mut().enumerate() {
        let lacks = match inputs.tree.node(device.node) {
            Some(node) => lacks(node, device, &inputs.bindings[device.binding]),
            None => None,
        };
        let waits = stuck.contains(&index).then(|| "it has to start before itself".to_owned());
        leave(device, lacks.or(waits));
    }
    let taken: Vec<(usize, String)> = overlaps(devices)
        .iter()
        .filter_map(|[(first, _), (second, _)]| {
            let (before, after) = if first.node < second.node { (first, second) } else { (second, first) };
            let index = devices.iter().position(|device| device.node == after.node)?;
            before.driver.is_some().then(|| (index, format!("`{}` claims the same addresses", before.name)))
        })
        .collect();
    for (index, why) in taken {
        leave(&mut devices[index], Some(why));
    }
}

/// Without its driver, for a reason.
fn leave(device: &mut Device, why: Option<String>) {
    if let (Some(why), Some(driver)) = (why, device.driver) {
        device.driver = None;
        device.left_out.push(format!("its driver {driver:?}: {why}"));
    }
}

/// What of the binding's needs has no value.
fn lacks(node: Node<'_>, device: &Device, binding: &Binding) -> Option<String> {
    for (index, need) in binding.windows.iter().enumerate() {
        match device.windows.iter().find(|window| usize::from(window.index) == index) {
            None => return Some(format!("it has no window {index}")),
            Some(window) if window.value.size < need.size.value => {
                return Some(format!("window {index} has {:#x} of {:#x} bytes", window.value.size, need.size.value));
            }
            Some(_) => {}
        }
    }
    let interrupts = node.interrupts().filter(Result::is_ok).count();
    if interrupts < usize::from(binding.interrupts.value) {
        return Some(format!("it has {interrupts} of {} interrupts", binding.interrupts.value));
    }
    if binding.clock == Clock::Required && device.clocks.is_empty() {
        return Some("the rate of its clock isn't known".to_owned());
    }
    let silent = device.driver == Some(Driver::Psci) && device.conduit.is_none();
    silent.then(|| "nothing says how it is called".to_owned())
}

/// Windows that share bytes, by address. A node inside another one describes a part of it.
pub fn overlaps(devices: &[Device]) -> Vec<Overlap<'_>> {
    let all = devices.iter().flat_map(|device| device.windows.iter().map(move |window| (device, window)));
    let mut windows: Vec<(&Device, &Located<Window>)> = all.filter(|(_, window)| window.value.size > 0).collect();
    windows.sort_by_key(|(_, window)| window.value.base);
    let mut overlaps = Vec::new();
    for (index, &(first, below)) in windows.iter().enumerate() {
        let last = below.value.base.saturating_add(below.value.size - 1);
        let after = windows[index + 1..].iter().take_while(|(_, above)| above.value.base <= last);
        overlaps.extend(after.filter(|(second, _)| !nested(first, second)).map(|&above| [(first, below), above]));
    }
    overlaps
}

fn nested(a: &Device, b: &Device) -> bool {
    let inside = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    inside(&a.path, &b.path) || inside(&b.path, &a.path)
}
