//! An element of the XML with its place, and the chain of elements that it derives from.

use std::ops::Range;
use std::sync::Arc;

use roxmltree::Node;

use crate::findings::{Finding, Findings, Place, Source, code};

/// The file that places are in.
pub(super) struct File {
    pub(super) source: Arc<Source>,
    /// Bytes before the XML: a byte order mark.
    pub(super) skipped: usize,
}

/// An element, and after it those that it derives from, the nearest first.
#[derive(Clone)]
pub(super) struct Element<'x, 'f> {
    file: &'f File,
    chain: Vec<Node<'x, 'x>>,
}

impl<'x, 'f> Element<'x, 'f> {
    pub(super) fn new(file: &'f File, node: Node<'x, 'x>) -> Self {
        Self { file, chain: vec![node] }
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.chain[0].has_tag_name(name)
    }

    /// Where its tag stands.
    pub(super) fn place(&self) -> Place {
        let range = self.chain[0].range();
        let text = self.file.source.text.get(range.start + self.file.skipped..).unwrap_or_default();
        let tag = text.find(['>', '\n']).map_or(text.len(), |end| end + usize::from(text[end..].starts_with('>')));
        self.text_place(range.start..range.start + tag)
    }

    fn text_place(&self, range: Range<usize>) -> Place {
        Place::text(&self.file.source, range.start + self.file.skipped..range.end + self.file.skipped)
    }

    /// The finding that something is wrong with it.
    pub(super) fn malformed(&self, message: impl Into<String>, label: impl Into<String>) -> Findings {
        Finding::error(code::MALFORMED_SVD, message, self.place(), label)
            .help("the schema is that of CMSIS-SVD 1.3; vendors' tools are sometimes laxer: correct the file")
            .into()
    }

    /// Its text without the blanks around it.
    pub(super) fn content(&self) -> &'x str {
        self.chain[0].text().unwrap_or_default().trim()
    }

    /// Its child of that name, its own or one that it derives.
    pub(super) fn child(&self, name: &str) -> Option<Self> {
        let find = |node: &Node<'x, 'x>| node.children().find(|child| child.has_tag_name(name));
        self.chain.iter().find_map(find).map(|node| Self::new(self.file, node))
    }

    /// Its children of that name: its own, or where it has none those that it derives.
    pub(super) fn children(&self, name: &str) -> Vec<Self> {
        let all = |node: &Node<'x, 'x>| -> Vec<Self> {
            let children = node.children().filter(|child| child.has_tag_name(name));
            children.map(|child| Self::new(self.file, child)).collect()
        };
        self.chain.iter().map(all).find(|children| !children.is_empty()).unwrap_or_default()
    }

    /// Its children that are elements.
    pub(super) fn elements(&self) -> Vec<Self> {
        self.chain[0].children().filter(Node::is_element).map(|node| Self::new(self.file, node)).collect()
    }

    pub(super) fn require(&self, name: &str) -> Result<Self, Findings> {
        self.child(name).ok_or_else(|| {
            self.malformed(format!("`<{}>` without `<{name}>`", self.chain[0].tag_name().name()), "it has to have one")
        })
    }

    pub(super) fn text(&self, name: &str) -> Option<&'x str> {
        self.child(name).map(|child| child.content())
    }

    /// A child's number.
    pub(super) fn number(&self, name: &str) -> Result<Option<u64>, Findings> {
        let Some(child) = self.child(name) else { return Ok(None) };
        let bad = || child.malformed(format!("`{}` isn't a number", one_line(child.content())), "");
        number(child.content()).map(Some).ok_or_else(bad)
    }

    pub(super) fn require_number(&self, name: &str) -> Result<u64, Findings> {
        self.require(name)?;
        Ok(self.number(name)?.unwrap_or_default())
    }

    pub(super) fn derived_from(&self) -> Option<&'x str> {
        self.chain[0].attribute("derivedFrom")
    }

    /// The same with all that it derives from, which is among `others`; a path's last name counts.
    pub(super) fn derived(&self, others: &[Self]) -> Result<Self, Findings> {
        let mut whole = self.clone();
        while let Some(name) = whole.chain[whole.chain.len() - 1].attribute("derivedFrom") {
            let last = name.rsplit('.').next().unwrap_or(name);
            let Some(base) = others.iter().find(|other| other.text("name") == Some(last)) else {
                let message = format!("`{}` derives from `{name}`", self.text("name").unwrap_or_default());
                return Err(Finding::error(code::UNRESOLVED_DERIVATION, message, self.place(), "which isn't there")
                    .help("names are looked for beside the element that derives")
                    .into());
            };
            if whole.chain.contains(&base.chain[0]) {
                let message = format!("`{}` derives from itself", self.text("name").unwrap_or_default());
                return Err(Finding::error(code::UNRESOLVED_DERIVATION, message, self.place(), "")
                    .with(base.place(), "through this")
                    .help("one of the two has to say itself what it is")
                    .into());
            }
            whole.chain.push(base.chain[0]);
        }
        Ok(whole)
    }
}

/// Decimal, `0x` hexadecimal, `0b` or `#` binary (CMSIS-SVD schema 1.3, scaledNonNegativeInteger and enumeratedValue).
pub(super) fn number(text: &str) -> Option<u64> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let lower = text.to_ascii_lowercase();
    if let Some(digits) = lower.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok();
    }
    if let Some(digits) = lower.strip_prefix("0b").or_else(|| lower.strip_prefix('#')) {
        return u64::from_str_radix(digits, 2).ok();
    }
    lower.parse().ok()
}

/// Runs of blanks and newlines as one blank.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_have_four_notations() {
        assert_eq!(["12", "0x1F", "0X1f", "#101", "0b11", "+7"].map(number), [12, 31, 31, 5, 3, 7].map(Some));
        assert_eq!(["", "0x", "1x1", "-1", "0x1_0000_0000_0000_0000"].map(number), [None; 5]);
    }
}
