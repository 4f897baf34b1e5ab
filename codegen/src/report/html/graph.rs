//! The start order as a graph: a column a stage, a line from what has to be there first.

use super::slug;
use crate::report::{Report, text};

const COLUMN: usize = 220;
const BOX_WIDTH: usize = 170;
const LINE: usize = 52;
const TOP: usize = 26;
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
    let mut used: Vec<usize> = Vec::new();
    let mut boxes: Vec<Box> = Vec::new();
    for (index, step) in report.start.iter().enumerate() {
        // A stage that comes again, because something later is needed earlier, is the same column.
        let column = stages.iter().position(|(_, stage)| *stage == step.stage).unwrap_or_else(|| {
            stages.push((stages.len() * COLUMN + 2, &step.stage));
            used.push(0);
            stages.len() - 1
        });
        boxes.push(place(report, index, stages[column].0, TOP + used[column] * LINE));
        used[column] += 1;
    }
    let edge = |from: usize, to: usize| edge(&boxes[from], &boxes[to]);
    let edges = report.start.iter().enumerate();
    let edges = edges.flat_map(|(to, step)| step.after.iter().map(move |&from| edge(from, to))).collect();
    Graph {
        width: stages.len() * COLUMN - (COLUMN - BOX_WIDTH) * usize::from(!stages.is_empty()) + 4,
        height: TOP + used.iter().max().unwrap_or(&0) * LINE,
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

/// From the right side of one to the left side of the other; within a column around its right side.
fn edge(from: &Box, to: &Box) -> String {
    let (x1, y1, y2) = (from.x + BOX_WIDTH, from.y + 20, to.y + 20);
    let (x2, bend) = if from.x == to.x { (to.x + BOX_WIDTH, x1 + 28) } else { (to.x, x1 + 24) };
    let into = if from.x == to.x { bend } else { x2.saturating_sub(24) };
    format!("M{x1} {y1} C{bend} {y1} {into} {y2} {x2} {y2}")
}
