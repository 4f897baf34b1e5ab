//! What starts, and after what.

use std::collections::BTreeSet;

use serde::Serialize;

use super::text;
use crate::model::board::Board;

/// A device that starts, or that one of those waits for.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// The device.
    pub device: String,
    /// Its stage.
    pub stage: String,
    /// Its driver; `None` where nothing has to be started for others to use it.
    pub driver: Option<String>,
    /// The steps that come first: indices, ascending.
    pub after: Vec<usize>,
}

/// In the order of the init table.
pub(super) fn steps(board: &Board) -> Vec<Step> {
    let mut wanted: BTreeSet<usize> = BTreeSet::new();
    let mut next: Vec<usize> =
        (0..board.devices.len()).filter(|&index| board.devices[index].driver.is_some()).collect();
    while let Some(index) = next.pop() {
        if wanted.insert(index) {
            next.extend(&board.devices[index].needs);
        }
    }
    let order: Vec<usize> = board.order.iter().copied().filter(|index| wanted.contains(index)).collect();
    let step = |&index: &usize| {
        let device = &board.devices[index];
        let mut after: Vec<usize> =
            device.needs.iter().filter_map(|need| order.iter().position(|index| index == need)).collect();
        after.sort_unstable();
        Step {
            device: device.name.clone(),
            stage: text::kebab(&device.stage),
            driver: device.driver.map(|driver| driver.name().to_owned()),
            after,
        }
    };
    order.iter().map(step).collect()
}
