//! The memory map: who is where, in the order of addresses.
//!
//! [`rows`] breaks the address space at wide gaps. Within a row every place has a width that grows with the logarithm of its
//! size, so that a doubling looks the same everywhere and a 512-byte window next to RAM can still be seen.

use super::{RegionKind, Report, text};

/// A gap from here on starts a new row.
const WIDE_GAP: u64 = 1 << 22;
/// Units that fit in a row.
pub(super) const ROW_UNITS: u64 = 110;

/// Something with an address.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) base: u64,
    /// First byte after it, saturating.
    pub(super) end: u64,
    pub(super) what: What,
    /// How many places it lies in.
    pub(super) depth: usize,
}

/// What is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// A window of a device: indices.
    Window { device: usize, window: usize },
    /// A window of a node without a binding: indices.
    Unbound { kind: usize, node: usize },
    /// A region of memory: its index.
    Region(usize),
}

/// Places with no wide gap between them.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) base: u64,
    /// First byte after it.
    pub(super) end: u64,
    /// Bytes between the row before and this one; `None` for the first.
    pub(super) gap: Option<u64>,
    pub(super) places: Vec<Place>,
}

/// Every place of `report`, by address; what lies in another place comes after it.
pub(super) fn places(report: &Report) -> Vec<Place> {
    let place = |base: u64, size: u64, what| Place { base, end: base.saturating_add(size), what, depth: 0 };
    let windows = report.devices.iter().enumerate().flat_map(|(device, it)| {
        let windows = it.windows.iter().enumerate();
        windows.map(move |(window, it)| place(it.value.base, it.value.size, What::Window { device, window }))
    });
    let unbound = report.unbound.iter().enumerate().flat_map(|(kind, it)| {
        let nodes = it.nodes.iter().enumerate();
        nodes.flat_map(move |(node, it)| {
            it.windows.iter().map(move |it| place(it.base, it.size, What::Unbound { kind, node }))
        })
    });
    let regions = report.memory.iter().enumerate();
    let regions = regions.map(|(index, it)| place(it.base, it.size, What::Region(index)));
    let mut places: Vec<Place> = windows.chain(unbound).chain(regions).filter(|place| place.end > place.base).collect();
    // RAM before what is reserved of it where both are the same.
    let region = |place: &Place| match place.what {
        What::Region(index) => report.memory[index].kind == RegionKind::Reserved,
        What::Window { .. } | What::Unbound { .. } => true,
    };
    places.sort_by_key(|place| (place.base, u64::MAX - place.end, region(place)));
    let mut around: Vec<u64> = Vec::new();
    for place in &mut places {
        around.retain(|&end| end > place.base);
        place.depth = around.len();
        around.push(place.end);
    }
    places
}

/// `places` in rows.
pub(super) fn rows(places: Vec<Place>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut units = 0;
    for place in places {
        let width = self::units(place.end - place.base);
        match rows.last_mut() {
            Some(row) if place.base < row.end => row.take(place),
            Some(row) if place.base - row.end < WIDE_GAP && units + width <= ROW_UNITS => {
                units += width + GAP_UNITS;
                row.take(place);
            }
            before => {
                let gap = before.map(|before| place.base.saturating_sub(before.end));
                units = width;
                rows.push(Row { base: place.base, end: place.end, gap, places: vec![place] });
            }
        }
    }
    rows
}

/// How wide a gap within a row is.
const GAP_UNITS: u64 = 1;

/// How wide `bytes` are.
pub(super) fn units(bytes: u64) -> u64 {
    u64::from(bytes.max(1).ilog2()).saturating_sub(1).max(3)
}

impl Row {
    fn take(&mut self, place: Place) {
        self.end = self.end.max(place.end);
        self.places.push(place);
    }

    /// The row's addresses at which something starts or ends, each with its distance from the row's start.
    pub(super) fn scale(&self) -> Vec<(u64, u64)> {
        let mut edges: Vec<u64> = self.places.iter().flat_map(|place| [place.base, place.end]).collect();
        edges.sort_unstable();
        edges.dedup();
        let mut at = 0;
        let mut covered = self.base;
        let mut scale: Vec<(u64, u64)> = Vec::with_capacity(edges.len());
        // They come by address.
        let mut places = self.places.iter().peekable();
        for (index, &edge) in edges.iter().enumerate() {
            if index > 0 {
                let from = edges[index - 1];
                at += if covered > from { units(edge - from) } else { GAP_UNITS };
            }
            while let Some(place) = places.next_if(|place| place.base == edge) {
                covered = covered.max(place.end);
            }
            scale.push((edge, at));
        }
        scale
    }
}

/// What stands on a place.
pub(super) fn label(report: &Report, what: What) -> String {
    match what {
        What::Window { device, window } => {
            let device = &report.devices[device];
            match &device.windows[window].value.name {
                Some(name) => format!("{} {name}", text::visible(&device.name)),
                None if device.windows.len() > 1 => format!("{}[{window}]", text::visible(&device.name)),
                None => text::visible(&device.name),
            }
        }
        What::Unbound { kind, node } => {
            let path = &report.unbound[kind].nodes[node].path;
            format!("({})", text::visible(path.rsplit('/').next().unwrap_or(path)))
        }
        What::Region(index) => match report.memory[index].kind {
            RegionKind::Ram => "RAM".to_owned(),
            RegionKind::Reserved => {
                let origin = &report.memory[index].origin;
                format!("reserved: {}", text::visible(origin.rsplit('/').next().unwrap_or(origin)))
            }
        },
    }
}
