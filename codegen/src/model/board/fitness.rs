//! Which devices the tree describes well enough to be driven.
//!
//! A tree is the firmware's word. What is wrong in it is told, and costs the device that it is about its driver, never the
//! board: the rules in `check` point at it, and the device is still named, checked and reported.

use std::collections::BTreeMap;

use hardware::board::{Driver, Window};
use hardware::tree::Node;

use super::{Device, Inputs, Located};
use crate::model::device::{Binding, Clock};

/// Two windows of one address, as (device, window) with the lower one first.
pub type Overlap<'d> = [(&'d Device, &'d Located<Window>); 2];

/// Takes the driver from devices that it couldn't drive: what their nodes lack, `stuck` ones that wait for themselves,
/// and those that claim addresses of a driven one before them.
pub(super) fn judge(inputs: Inputs<'_>, devices: &mut [Device], stuck: &[usize]) {
    for (index, device) in devices.iter_mut().enumerate() {
        let lacks = match inputs.tree.node(device.node) {
            Some(node) => lacks(node, device, &inputs.bindings[device.binding]),
            None => None,
        };
        let waits = stuck.contains(&index).then(|| "it has to start before itself".to_owned());
        leave(device, lacks.or(waits));
    }
    for (index, why) in taken(devices) {
        leave(&mut devices[index], Some(why));
    }
}

/// Devices that can't own their addresses, and why: their windows overlap, or a driven device before them claims the same.
fn taken(devices: &[Device]) -> Vec<(usize, String)> {
    let mut taken = Vec::new();
    let mut driven = Claimed::default();
    for (index, device) in devices.iter().enumerate().filter(|(_, device)| device.driver.is_some()) {
        if !overlaps(std::slice::from_ref(device)).is_empty() {
            taken.push((index, "two of its windows overlap".to_owned()));
            continue;
        }
        match device.windows.iter().find_map(|window| driven.other(device, window.value)) {
            Some(other) => taken.push((index, format!("`{}` claims the same addresses", other.name))),
            None => driven.add(device),
        }
    }
    taken
}

/// Windows of devices by their first address, several of which may begin at one.
#[derive(Default)]
struct Claimed<'d> {
    windows: BTreeMap<(u64, usize), (&'d Device, Window)>,
    /// Bytes of the largest.
    widest: u64,
}

impl<'d> Claimed<'d> {
    fn add(&mut self, device: &'d Device) {
        for window in device.windows.iter().map(|window| window.value).filter(|window| window.size > 0) {
            self.windows.insert((window.base, self.windows.len()), (device, window));
            self.widest = self.widest.max(window.size);
        }
    }

    /// A device that shares bytes of `window` with `device` and has no part in it.
    fn other(&self, device: &Device, window: Window) -> Option<&'d Device> {
        let last = last(window)?;
        let first = window.base.saturating_sub(self.widest);
        let near = self.windows.range((first, 0)..=(last, usize::MAX)).map(|(_, claim)| claim);
        let mut sharing = near.filter(|(_, claimed)| self::last(*claimed).is_some_and(|end| end >= window.base));
        sharing.find(|(other, _)| !nested(other, device)).map(|(other, _)| *other)
    }
}

/// The last address of a window; an empty one has none.
fn last(window: Window) -> Option<u64> {
    Some(window.base.saturating_add(window.size.checked_sub(1)?))
}

/// Without its driver, for a reason.
fn leave(device: &mut Device, why: Option<String>) {
    if let (Some(why), Some(driver)) = (why, device.driver) {
        device.take_driver(driver, &why);
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
            Some(window) if alignment(binding, window).is_some_and(|(need, _)| window.value.base % need != 0) => {
                return Some(format!("window {index} starts at {:#x}, where its registers can't", window.value.base));
            }
            Some(_) => {}
        }
    }
    let needed = usize::from(binding.interrupts.value);
    let interrupts = node.interrupts().take(needed).filter(Result::is_ok).count();
    if interrupts < needed {
        return Some(format!("it has {interrupts} of {} interrupts", binding.interrupts.value));
    }
    if binding.clock == Clock::Required && device.clocks.is_empty() {
        return Some("the rate of its clock isn't known".to_owned());
    }
    let silent = device.driver == Some(Driver::Psci) && device.conduit.is_none();
    silent.then(|| "nothing says how it is called".to_owned())
}

/// What a window's first byte has to be a multiple of, and why; `None` where that isn't known.
pub fn alignment(binding: &Binding, window: &Located<Window>) -> Option<(u64, &'static str)> {
    let described = binding.windows.get(usize::from(window.index))?;
    if binding.driver.is_some() {
        return Some((DRIVEN, "the kernel hands a driver windows at multiples of 8, so that any access fits"));
    }
    let widest = described.registers.iter().map(|register| register.width.bytes()).max()?;
    Some((widest, "the widest register of its binding isn't aligned there"))
}

/// The alignment that `mmio::Mmio` is promised.
const DRIVEN: u64 = 8;

/// Windows that share bytes, by address: each with the one of those before it that reaches furthest, however many there
/// are. A node inside another one describes a part of it.
pub fn overlaps(devices: &[Device]) -> Vec<Overlap<'_>> {
    let all = devices.iter().flat_map(|device| device.windows.iter().map(move |window| (device, window)));
    let mut windows: Vec<_> = all.filter_map(|(device, window)| Some((last(window.value)?, device, window))).collect();
    windows.sort_by_key(|(_, _, window)| window.value.base);
    let mut overlaps = Vec::new();
    // Those that reach beyond the address where the sweep is, by how far.
    let mut open: BTreeMap<(u64, usize), (&Device, &Located<Window>)> = BTreeMap::new();
    for (index, &(last, device, window)) in windows.iter().enumerate() {
        open = open.split_off(&(window.value.base, 0));
        let below = open.values().rev().find(|(other, _)| !nested(other, device));
        overlaps.extend(below.map(|&below| [below, (device, window)]));
        open.insert((last, index), (device, window));
    }
    overlaps
}

fn nested(a: &Device, b: &Device) -> bool {
    let inside = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    inside(&a.path, &b.path) || inside(&b.path, &a.path)
}
