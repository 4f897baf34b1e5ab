//! A tree as text that doesn't depend on phandle numbers: references are written as the path that they lead to.

use std::collections::BTreeMap;
use std::fmt::Write;

use tests::{Failure, LiveTree};

/// Properties that consist of references, and what says how many cells follow each: a property of the node that is
/// referred to, or a number.
const REFERENCES: [(&str, Arguments); 11] = [
    ("interrupt-parent", Arguments::Fixed(0)),
    ("interrupt-affinity", Arguments::Fixed(0)),
    ("next-level-cache", Arguments::Fixed(0)),
    ("msi-parent", Arguments::Fixed(0)),
    ("vmmc-supply", Arguments::Fixed(0)),
    ("vqmmc-supply", Arguments::Fixed(0)),
    ("gpio-ranges", Arguments::Fixed(3)),
    ("mboxes", Arguments::Told("#mbox-cells")),
    ("clocks", Arguments::Told("#clock-cells")),
    ("gpios", Arguments::Told("#gpio-cells")),
    ("gpio", Arguments::Told("#gpio-cells")),
];

#[derive(Clone, Copy)]
enum Arguments {
    Fixed(u32),
    Told(&'static str),
}

/// Every node, `/soc`, and property, `/soc ranges`, with what it says; and `/memreserve/`.
pub(crate) type Meaning = BTreeMap<String, String>;

struct Reader {
    contents: BTreeMap<String, Vec<u8>>,
    /// Paths by phandle.
    nodes: BTreeMap<u32, String>,
}

/// What `blob` says.
pub(crate) fn of(blob: &[u8]) -> Result<Meaning, Failure> {
    let contents = LiveTree::read(blob)?.contents();
    let nodes = contents.iter().filter_map(|(key, value)| {
        let path = key.strip_suffix(" phandle")?;
        Some((cells(value).first().copied()?, path.to_owned()))
    });
    let reader = Reader { nodes: nodes.collect(), contents };
    // A phandle says only that somebody refers to the node.
    let told = reader.contents.keys().filter(|key| !key.ends_with(" phandle"));
    let reserved = ("/memreserve/".to_owned(), reserved(blob));
    Ok(told.map(|key| (key.clone(), reader.text(key))).chain([reserved]).collect())
}

/// The memory reservation block, up to its end of zeros (Devicetree Specification 0.4, 5.3).
fn reserved(blob: &[u8]) -> String {
    let at = cells(blob.get(16..20).unwrap_or_default()).first().map_or(0, |&at| at as usize);
    let pairs = blob.get(at..).unwrap_or_default().chunks_exact(16);
    pairs.take_while(|pair| pair.iter().any(|&byte| byte != 0)).fold(String::new(), |text, pair| text + &plain(pair))
}

fn cells(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks().0.iter().map(|cell| u32::from_be_bytes(*cell)).collect()
}

impl Reader {
    fn text(&self, key: &str) -> String {
        let value = self.contents.get(key).map_or(&[][..], Vec::as_slice);
        let (path, property) = key.rsplit_once(' ').unwrap_or((key, ""));
        if property == "interrupt-map" {
            return self.map(path, &cells(value));
        }
        match REFERENCES.iter().find(|(name, _)| *name == property) {
            Some((_, arguments)) => self.references(&cells(value), *arguments),
            None => plain(value),
        }
    }

    fn references(&self, cells: &[u32], arguments: Arguments) -> String {
        let mut text = String::new();
        let mut rest = cells.iter();
        while let Some(phandle) = rest.next() {
            let node = self.nodes.get(phandle).map_or("nowhere", String::as_str);
            let count = match arguments {
                Arguments::Fixed(count) => count,
                Arguments::Told(property) => self.cell(node, property).unwrap_or(0),
            };
            let arguments: Vec<u32> = rest.by_ref().take(count as usize).copied().collect();
            let _ = write!(text, "<&{node} {arguments:?}>");
        }
        text
    }

    /// Rows of an `interrupt-map`: the child's address and specifier, the controller, its address and specifier.
    fn map(&self, path: &str, cells: &[u32]) -> String {
        let own = |property| self.cell(path, property).unwrap_or(0);
        let child = (own("#address-cells") + own("#interrupt-cells")) as usize;
        let mut text = String::new();
        let mut rest = cells.iter();
        loop {
            let from: Vec<u32> = rest.by_ref().take(child).copied().collect();
            let Some(phandle) = rest.next() else { return text };
            let node = self.nodes.get(phandle).map_or("nowhere", String::as_str);
            let parent = |property| self.cell(node, property).unwrap_or(0);
            let count = parent("#address-cells") + parent("#interrupt-cells");
            let to: Vec<u32> = rest.by_ref().take(count as usize).copied().collect();
            let _ = write!(text, "<{from:?} &{node} {to:?}>");
        }
    }

    fn cell(&self, path: &str, property: &str) -> Option<u32> {
        cells(self.contents.get(&format!("{path} {property}"))?).first().copied()
    }
}

/// Strings as strings, all else in hexadecimal.
fn plain(value: &[u8]) -> String {
    let printable = |byte: &u8| byte.is_ascii_graphic() || matches!(byte, b' ' | 0);
    match value {
        [first, .., 0] if *first != 0 && value.iter().all(printable) => {
            String::from_utf8_lossy(&value[..value.len() - 1]).replace('\0', ", ")
        }
        _ => cells(value).iter().fold(String::new(), |text, cell| format!("{text} {cell:#x}")),
    }
}
