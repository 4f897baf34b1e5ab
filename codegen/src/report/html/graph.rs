//! The start order as a graph: a column a stage, a row a step, a line from what has to be there first.
//!
//! As no two boxes share a row, a line that goes down between two columns and then along its end's row meets no other box.

use super::slug;
use crate::report::{Report, text};

const COLUMN: usize = 220;
const BOX_WIDTH: usize = 170;
const LINE: usize = 46;
const TOP: usize = 26;
/// Room for lines around the first column.
const LEFT: usize = 22;
/// Letters that fit in a box.
const LETTERS: usize = 19;

/// The picture, in pixels.
pub(super) struct Graph<'r> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) box_width: usize,
    /// Where each column starts, and its stage.
    pub(super) stages: Vec<(usize, &'r str)>,
    /// Paths.
    pub(super) edges: Vec<String>,
    pub(super) boxes: Vec<Box>,
}

/// A device.
pub(super) struct Box {
    pub(super) device: usize,
    pub(super) class: String,
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) driver: String,
    pub(super) said: String,
    pub(super) x: usize,
    pub(super) y: usize,
}

pub(super) fn graph(report: &Report) -> Graph<'_> {
    let mut stages: Vec<(usize, &str)> = Vec::new();
    let mut boxes: Vec<Box> = Vec::new();
    for (index, step) in report.start.iter().enumerate() {
        // A stage that comes again, because something later is needed earlier, is the same column.
        let column = stages.iter().position(|(_, stage)| *stage == step.stage).unwrap_or_else(|| {
            stages.push((stages.len() * COLUMN + LEFT, &step.stage));
            stages.len() - 1
        });
        boxes.push(place(report, index, stages[column].0, TOP + index * LINE));
    }
    let edge = |from: usize, to: usize| edge(&boxes[from], &boxes[to]);
    let edges = report.start.iter().enumerate();
    let edges = edges.flat_map(|(to, step)| step.after.iter().map(move |&from| edge(from, to))).collect();
    Graph {
        width: stages.len() * COLUMN - (COLUMN - BOX_WIDTH) * usize::from(!stages.is_empty()) + LEFT + 4,
        height: TOP + report.start.len() * LINE,
        box_width: BOX_WIDTH,
        stages,
        edges,
        boxes,
    }
}

fn place(report: &Report, index: usize, x: usize, y: usize) -> Box {
    let step = &report.start[index];
    let device = report.devices.iter().position(|device| device.name == step.device).unwrap_or_default();
    let name = text::visible(&step.device);
    let driver = step.driver.as_deref().unwrap_or("nothing to start");
    let after: Vec<&str> = step.after.iter().map(|&before| report.start[before].device.as_str()).collect();
    let after = if after.is_empty() { String::new() } else { format!(", after {}", after.join(" and ")) };
    Box {
        device,
        class: report.devices.get(device).map(|device| slug(&device.class)).unwrap_or_default(),
        kind: if step.driver.is_some() { "solid" } else { "soft" },
        said: format!("{}: {name}, {driver}{after}", index + 1),
        name: shortened(&format!("{} {name}", index + 1)),
        driver: driver.to_owned(),
        x,
        y,
    }
}

/// The end of a name tells more than its middle.
fn shortened(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    match letters.len() {
        0..=LETTERS => name.to_owned(),
        many => {
            let (head, tail) = (&letters[..LETTERS / 2], &letters[many - (LETTERS - LETTERS / 2 - 1)..]);
            head.iter().chain(&['…']).chain(tail).collect()
        }
    }
}

/// Within a column around the left side of both, else from the right side of one to the left side of the other.
fn edge(from: &Box, to: &Box) -> String {
    let (y1, y2) = (from.y + 20, to.y + 20);
    if from.x == to.x {
        let (x, bend) = (from.x, from.x.saturating_sub(26));
        return format!("M{x} {y1} C{bend} {y1} {bend} {y2} {x} {y2}");
    }
    let (x1, x2) = (from.x + BOX_WIDTH, to.x);
    let (bend, back, end) = (x1 + 26, x1 + 14, x1 + 40);
    format!("M{x1} {y1} C{bend} {y1} {back} {y2} {end} {y2} H{x2}")
}
