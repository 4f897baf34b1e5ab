//! The reference tree: a blob that opens, and findings that point into it.

mod edit;

use std::sync::Arc;

use hardware::tree::{Node, Property, Record, Tree, TreeError};

use super::toml::Spanned;
use super::{file, home};
use crate::findings::{Finding, Findings, Place, Source, code};

/// A device tree blob and where it came from.
#[derive(Debug, Clone)]
pub struct Blob {
    /// Relative to the project's root: `boards/qemu-virt.dtb`.
    pub path: Arc<str>,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Where it was named.
    pub named: Place,
}

impl Blob {
    /// Reads `path`; `named` is where it was named.
    pub fn read(root: &std::path::Path, path: &str, named: &Place, findings: &mut Findings) -> Option<Self> {
        let bytes = file::bytes(root, path, named, findings)?;
        Some(Self { path: path.into(), bytes, named: named.clone() })
    }

    /// Reads the tree that a board file names: a file beside the very one that says so, inherited or not.
    pub fn beside(
        root: &std::path::Path,
        source: &Arc<Source>,
        named: &Spanned<String>,
        findings: &mut Findings,
    ) -> Option<Self> {
        let place = Place::text(source, named.span());
        let file = source.at(named.span().start).file;
        if named.get_ref().contains(['/', '\\']) {
            let message = "the tree of a board lies beside the board's file";
            let finding = Finding::error(code::INVALID_VALUE, message, place, "a path, not a file's name");
            let folder = home::beside(&file, "");
            findings.push(finding.help(format!("copy it to `{folder}` and write its name alone")));
            return None;
        }
        Self::read(root, &home::beside(&file, named.get_ref()), &place, findings)
    }

    /// Reads a file that a command line names, wherever it lies.
    pub fn read_file(path: &std::path::Path, findings: &mut Findings) -> Option<Self> {
        let shown = path.to_string_lossy();
        let bytes = file::bytes_at(path, &shown, &Place::Nowhere, findings)?;
        Some(Self { path: shown.into(), bytes, named: Place::Nowhere })
    }

    /// Opens it with as many records as it takes.
    pub fn open<'b>(&'b self, records: &'b mut Vec<Record>, findings: &mut Findings) -> Option<Tree<'b>> {
        let need = match Tree::open(&self.bytes, &mut []) {
            Err(TreeError::Records { need, .. }) => need,
            Err(error) => {
                findings.push(self.malformed(error));
                return None;
            }
            Ok(_) => 0,
        };
        records.resize(need, Record::EMPTY);
        Tree::open(&self.bytes, records).map_err(|error| findings.push(self.malformed(error))).ok()
    }

    /// The blob after `property` of `node`, which was read from it, has been set to `value` or taken away.
    pub fn with(&self, node: Node<'_>, property: &str, value: Option<&[u8]>) -> Option<Self> {
        Some(Self { bytes: edit::set(&self.bytes, node, property, value)?, ..self.clone() })
    }

    /// The blob isn't a tree.
    fn malformed(&self, error: TreeError) -> Finding {
        let foreign = matches!(error, TreeError::TooShort { .. } | TreeError::Magic { .. });
        let message = match foreign {
            true => format!("`{}` isn't a device tree", self.path),
            false => format!("`{}` is a broken device tree", self.path),
        };
        let offset = match error {
            TreeError::Truncated { have, .. } => have,
            error => error.offset().unwrap_or(0),
        };
        let place = Place::Offset { file: self.path.clone(), offset };
        Finding::error(code::NOT_A_TREE, message, place, error.to_string())
            .with(self.named.clone(), "named here")
            .help("dump it again from the firmware, or make it from its DTS with dtc")
    }

    /// A node, or one of its properties, as a place.
    pub fn place(&self, node: Node<'_>, property: &str) -> Place {
        let property = node.property(property).map(dts).unwrap_or_default();
        Place::Node { file: self.path.clone(), node: node.path().to_string(), property }
    }

    /// Where `error` came from: the property it names, else `fallback` of `node`.
    pub fn place_of(&self, tree: &Tree<'_>, error: TreeError, node: Node<'_>, fallback: &str) -> Place {
        match error.offset().and_then(|offset| tree.locate(offset)) {
            Some(found) => Place::Node {
                file: self.path.clone(),
                node: found.node.path().to_string(),
                property: found.property.map(dts).unwrap_or_default(),
            },
            None => self.place(node, fallback),
        }
    }
}

/// A property as DTS writes it, shortened where it is long.
pub fn dts(property: Property<'_>) -> String {
    match property.value() {
        [] => format!("{};", property.name()),
        value => format!("{} = {};", property.name(), dts_value(value)),
    }
}

/// A value as dtc would guess it: strings, else cells, else bytes.
pub fn dts_value(value: &[u8]) -> String {
    let text = std::str::from_utf8(value).ok().and_then(|text| text.strip_suffix('\0'));
    let printable = |part: &str| !part.is_empty() && part.chars().all(|c| !c.is_control());
    if let Some(text) = text.filter(|text| text.split('\0').all(printable)) {
        let strings: Vec<String> = text.split('\0').map(|part| format!("{part:?}")).collect();
        return strings.join(", ");
    }
    match value.as_chunks() {
        (cells, []) => {
            let shown = cells.iter().map(|cell| format!("{:#x}", u32::from_be_bytes(*cell)));
            format!("<{}>", shorten(shown, cells.len()))
        }
        _ => format!("[{}]", shorten(value.iter().map(|byte| format!("{byte:02x}")), value.len())),
    }
}

/// The first dozen, and how many follow.
fn shorten(shown: impl Iterator<Item = String>, count: usize) -> String {
    const MOST: usize = 12;
    let mut text = shown.take(MOST).collect::<Vec<_>>().join(" ");
    if count > MOST {
        text += &format!(" … {} more", count - MOST);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::dts_value;

    #[test]
    fn values_look_as_dtc_writes_them() {
        assert_eq!(dts_value(b"arm,pl011\0arm,primecell\0"), r#""arm,pl011", "arm,primecell""#);
        assert_eq!(dts_value(&[0, 0, 0, 0, 9, 0, 0, 0]), "<0x0 0x9000000>");
        assert_eq!(dts_value(&[1, 2, 3]), "[01 02 03]");
        assert_eq!(dts_value(&[0; 80]), "<0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 … 8 more>");
    }
}
