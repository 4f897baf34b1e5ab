//! The order in which devices start: what a device needs before the device, and otherwise by stage.

use std::collections::{BTreeMap, BTreeSet};

use hardware::board::Stage;

use super::{Device, Inputs, NOT_DRIVEN};
use crate::findings::{Finding, Findings, code};

/// How many devices of a circle are named.
const NAMED: usize = 12;

/// Indices of `devices`, dependencies first, and those of them that wait for themselves. Each circle is a finding; whatever
/// waits for it goes on.
pub(super) fn order(devices: &[Device], inputs: Inputs<'_>, findings: &mut Findings) -> (Vec<usize>, Vec<usize>) {
    let mut queue = Queue::new(devices);
    let mut order = Vec::with_capacity(devices.len());
    let mut stuck = Vec::new();
    while let Some(&first) = queue.waiting.first() {
        if let Some((_, next)) = queue.ready.pop_first() {
            queue.start(next);
            order.push(next);
            continue;
        }
        let circle = circle(devices, &queue.waiting, first);
        findings.push(cycle(devices, &circle, inputs));
        // All of it leaves the queue before one of it starts: none of it may become ready on the way.
        for index in &circle {
            queue.waiting.remove(index);
        }
        circle.iter().for_each(|&index| queue.start(index));
        order.extend(&circle);
        stuck.extend(circle);
    }
    (order, stuck)
}

/// The devices that haven't started.
struct Queue<'d> {
    devices: &'d [Device],
    waiting: BTreeSet<usize>,
    /// Those of them that wait for nothing, in the order in which they may start.
    ready: BTreeSet<(Stage, usize)>,
    /// How many needs of each device haven't started.
    missing: Vec<usize>,
    /// Who needs each device.
    users: Vec<Vec<usize>>,
}

impl<'d> Queue<'d> {
    fn new(devices: &'d [Device]) -> Self {
        let mut users = vec![Vec::new(); devices.len()];
        for (index, device) in devices.iter().enumerate() {
            device.needs.iter().for_each(|&need| users[need].push(index));
        }
        let free = devices.iter().enumerate().filter(|(_, device)| device.needs.is_empty());
        Self {
            devices,
            waiting: (0..devices.len()).collect(),
            ready: free.map(|(index, device)| (device.stage, index)).collect(),
            missing: devices.iter().map(|device| device.needs.len()).collect(),
            users,
        }
    }

    fn start(&mut self, index: usize) {
        self.waiting.remove(&index);
        for &user in &self.users[index] {
            self.missing[user] -= 1;
            if self.missing[user] == 0 && self.waiting.contains(&user) {
                self.ready.insert((self.devices[user].stage, user));
            }
        }
    }
}

/// The circle that `start` runs into.
fn circle(devices: &[Device], waiting: &BTreeSet<usize>, start: usize) -> Vec<usize> {
    let next = |index: usize| devices[index].needs.iter().copied().find(|need| waiting.contains(need));
    let mut path = vec![start];
    let mut places = BTreeMap::from([(start, 0)]);
    while let Some(need) = next(path[path.len() - 1]) {
        if let Some(&again) = places.get(&need) {
            path.drain(..again);
            break;
        }
        places.insert(need, path.len());
        path.push(need);
    }
    path
}

fn cycle(devices: &[Device], path: &[usize], inputs: Inputs<'_>) -> Finding {
    let name = |&index: &usize| format!("`{}`", devices[index].name);
    let mut names: Vec<String> = path.iter().take(NAMED).map(name).collect();
    if path.len() > NAMED {
        names.push(format!("… {} more", path.len() - NAMED));
    }
    names.extend(path.first().map(name));
    let first = &devices[path[0]];
    let node = inputs.tree.node(first.node).unwrap_or_else(|| inputs.tree.root());
    let property = if node.property("clocks").is_some() { "clocks" } else { "interrupt-parent" };
    let place = inputs.blob.place(node, property);
    Finding::warning(code::DEPENDENCY_CYCLE, format!("`{}` has to start before itself", first.name), place, "")
        .note(format!("each needs the next: {}", names.join(" → ")))
        .note(NOT_DRIVEN)
        .help("no hardware works like that: one of these references is wrong in the tree")
}
