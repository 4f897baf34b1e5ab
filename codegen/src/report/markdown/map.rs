//! The memory map in characters.

use crate::report::map::{self, Place, What};
use crate::report::{Report, text};

/// A gap from here on is told.
const GAP: u64 = 1 << 16;
/// So many alike become one line.
const MANY: usize = 4;

/// Places of one line: one, or neighbours that are alike.
type Line<'p> = &'p [Place];

/// A line for each place, and for each gap worth telling.
pub(super) fn draw(report: &Report) -> String {
    let places = map::places(report);
    let mut picture = String::new();
    let mut end: Option<u64> = None;
    for line in lines(report, &places) {
        let first = &line[0];
        if let Some(gap) = end.and_then(|end| first.base.checked_sub(end)).filter(|&gap| gap >= GAP) {
            picture += &format!("{:>22}  ·  {}\n", "", text::size(gap));
        }
        picture += &draw_line(report, line);
        end = end.max(line.last().map(|last| last.end));
    }
    picture
}

fn draw_line(report: &Report, line: Line<'_>) -> String {
    let first = &line[0];
    let bytes = first.end - first.base;
    let label = map::label(report, first.what);
    let (size, label) = match line {
        [_] => (text::size(bytes), label),
        [.., last] => {
            let last = map::label(report, last.what);
            (format!("{} × {}", line.len(), text::size(bytes)), format!("{label} … {last}"))
        }
        [] => return String::new(),
    };
    let bar = "█".repeat(usize::try_from(bytes.ilog2() / 2).unwrap_or(0).saturating_sub(2).max(1));
    let indent = "  ".repeat(first.depth.min(4));
    format!("{:>22}  {indent}{bar:<20} {size:>12}  {label}\n", text::hex(first.base))
}

/// `places` with runs of many alike put together.
fn lines<'p>(report: &Report, places: &'p [Place]) -> Vec<Line<'p>> {
    let mut lines: Vec<Line<'p>> = Vec::new();
    for run in places.chunk_by(|a, b| alike(report, a, b)) {
        if run.len() >= MANY { lines.push(run) } else { lines.extend(run.chunks(1)) }
    }
    lines
}

/// Evenly packed windows of one size and binding.
fn alike(report: &Report, a: &Place, b: &Place) -> bool {
    let binding = |place: &Place| match place.what {
        What::Window { device, window } => Some((&report.devices[device].binding, window)),
        What::Unbound { .. } | What::Region(_) => None,
    };
    let same = binding(a).is_some() && binding(a) == binding(b) && a.depth == b.depth;
    same && a.end - a.base == b.end - b.base && a.end == b.base
}
