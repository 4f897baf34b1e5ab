//! The interrupt map: a grid of INTIDs, and a list.

use std::collections::BTreeMap;

use super::slug;
use crate::report::{Interrupt, Report};

/// INTIDs a row.
const COLUMNS: u32 = 32;

/// A line that somebody uses.
pub(super) struct Line<'r> {
    pub(super) intid: u32,
    pub(super) line: &'r str,
    pub(super) trigger: &'r str,
    pub(super) users: Vec<User<'r>>,
}

/// A device on a line.
pub(super) struct User<'r> {
    pub(super) device: usize,
    pub(super) name: &'r str,
    pub(super) class: String,
}

/// A row of the grid: its first INTID, and the lines from there that are used.
pub(super) struct Row {
    pub(super) first: u32,
    pub(super) cells: Vec<Option<Cell>>,
}

/// A used line: the first of its devices, and whether there are more.
#[derive(Clone)]
pub(super) struct Cell {
    pub(super) device: usize,
    pub(super) class: String,
    pub(super) shared: bool,
}

pub(super) fn lines(report: &Report) -> Vec<Line<'_>> {
    let mut lines: BTreeMap<u32, Line<'_>> = BTreeMap::new();
    for (index, device) in report.devices.iter().enumerate() {
        for Interrupt { line, intid, trigger } in device.interrupts.iter().map(|claim| &claim.value) {
            let line = lines.entry(*intid).or_insert(Line { intid: *intid, line, trigger, users: Vec::new() });
            line.users.push(User { device: index, name: &device.name, class: slug(&device.class) });
        }
    }
    lines.into_values().collect()
}

/// Rows of the grid in which something is used.
pub(super) fn grid(lines: &[Line<'_>]) -> Vec<Row> {
    let mut rows: BTreeMap<u32, Vec<Option<Cell>>> = BTreeMap::new();
    for line in lines {
        let row = rows.entry(line.intid / COLUMNS).or_insert_with(|| vec![None; COLUMNS as usize]);
        let cell = line.users.first().map(|user| Cell {
            device: user.device,
            class: user.class.clone(),
            shared: line.users.len() > 1,
        });
        row[(line.intid % COLUMNS) as usize] = cell;
    }
    rows.into_iter().map(|(row, cells)| Row { first: row * COLUMNS, cells }).collect()
}
