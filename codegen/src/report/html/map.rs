//! The memory map as rows of SVG blocks.

use super::slug;
use crate::report::map::{self, Place, ROW_UNITS, What};
use crate::report::{RegionKind, Report, text};

/// How many letters fit in a row's whole width, about.
const LETTERS: f64 = 119.0;
/// A row's height in pixels, and how far each level of nesting is set in.
const HEIGHT: usize = 34;
const INSET: usize = 7;
/// Deeper nesting is drawn as this deep.
const DEEPEST: usize = 1;

/// A row.
pub(super) struct Row {
    pub(super) gap: Option<String>,
    pub(super) base: String,
    pub(super) last: String,
    pub(super) height: usize,
    pub(super) blocks: Vec<Block>,
}

/// A window or a region; `x` and `width` are percents.
pub(super) struct Block {
    pub(super) device: Option<usize>,
    pub(super) target: String,
    pub(super) class: String,
    pub(super) kind: &'static str,
    /// `None` where there is no room.
    pub(super) label: Option<String>,
    pub(super) said: String,
    pub(super) x: String,
    pub(super) width: String,
    pub(super) y: usize,
    pub(super) height: usize,
    pub(super) text_y: usize,
}

pub(super) fn rows(report: &Report) -> Vec<Row> {
    map::rows(map::places(report)).iter().map(|it| row(report, it)).collect()
}

fn row(report: &Report, row: &map::Row) -> Row {
    let scale = row.scale();
    let total = scale.last().map_or(0, |&(_, units)| units).max(ROW_UNITS) as f64;
    let at = |edge: u64| {
        let found = scale.binary_search_by_key(&edge, |&(address, _)| address);
        found.map_or(0.0, |index| scale[index].1 as f64 * 100.0 / total)
    };
    let blocks = row.places.iter().enumerate().map(|(index, place)| {
        let inner = row.places.get(index + 1).is_some_and(|next| next.base < place.end);
        block(report, place, at(place.base), at(place.end), inner)
    });
    Row {
        gap: row.gap.filter(|&gap| gap > 0).map(text::size),
        base: text::hex(row.base),
        last: text::hex(row.end - 1),
        height: HEIGHT + 4,
        blocks: blocks.collect(),
    }
}

/// `inner` says that something lies in it, so that its own label has no room.
fn block(report: &Report, place: &Place, from: f64, to: f64, inner: bool) -> Block {
    let label = map::label(report, place.what);
    let (device, target, class, kind) = match place.what {
        What::Window { device, .. } => {
            let it = &report.devices[device];
            let kind = if it.driver.is_some() { "solid" } else { "soft" };
            (Some(device), format!("d{device}"), slug(&it.class), kind)
        }
        What::Unbound { kind, .. } => (None, format!("u{kind}"), "unbound".to_owned(), "faint"),
        What::Region(index) => {
            let ram = report.memory[index].kind == RegionKind::Ram;
            (None, format!("r{index}"), if ram { "ram" } else { "reserved" }.to_owned(), "soft")
        }
    };
    let inset = INSET * place.depth.min(DEEPEST);
    // A hair between neighbours.
    let width = (to - from - 0.15).max(0.3);
    Block {
        device,
        target,
        class,
        kind,
        said: format!("{label}, {}, {}", text::hex(place.base), text::size(place.end - place.base)),
        label: if inner { None } else { fitting(label, width * LETTERS / 100.0) },
        x: format!("{from:.2}"),
        width: format!("{width:.2}"),
        y: 2 + inset,
        height: HEIGHT - 2 * inset,
        text_y: 2 + HEIGHT / 2 + 4,
    }
}

/// The label, or it without its unit address, if that has room.
fn fitting(label: String, letters: f64) -> Option<String> {
    let label = label.trim_start_matches('(').trim_end_matches(')').to_owned();
    let fits = |label: &String| label.chars().count() as f64 + 0.4 <= letters;
    if fits(&label) {
        return Some(label);
    }
    let (name, rest) = label.split_once('@')?;
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    let (short, shorter) = (format!("{name}{rest}"), rest.trim().to_owned());
    [short, shorter].into_iter().find(|label| label.starts_with(char::is_alphabetic) && fits(label))
}
