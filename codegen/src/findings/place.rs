//! Where a finding points: a span of a text file, a property of a tree's node, an offset of a blob, a file.

use std::ops::Range;
use std::sync::Arc;

/// A text file as it was read; findings show its lines.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// As people name it, relative to the project's root: `boards/qemu-virt.toml`.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Bytes of a text file.
    Text {
        /// The file.
        source: Arc<Source>,
        /// Start byte, inclusive.
        start: usize,
        /// End byte, exclusive.
        end: usize,
    },
    /// A node of a device tree, or one of its properties.
    Node {
        /// The blob's path.
        file: Arc<str>,
        /// The node's path.
        node: String,
        /// The property as DTS writes it, `reg = <0x0 0x9000000 0x0 0x1000>;`; empty where it is about the node.
        property: String,
    },
    /// A byte of a blob.
    Offset {
        /// The blob's path.
        file: Arc<str>,
        /// From the blob's start.
        offset: usize,
    },
    /// A file as a whole.
    File {
        /// Its path.
        file: Arc<str>,
    },
    /// A command line or a build: nothing that a file says.
    Nowhere,
}

impl Source {
    /// Takes a text under the name people know it by.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { path: path.into(), text: text.into() })
    }

    /// The 1-based line in which byte `offset` stands.
    pub fn line(&self, offset: usize) -> u32 {
        let newlines = self.text.bytes().take(offset).filter(|&byte| byte == b'\n').count();
        u32::try_from(newlines).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// The 1-based column of byte `offset`, in characters.
    pub fn column(&self, offset: usize) -> u32 {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        u32::try_from(line.chars().count()).unwrap_or(u32::MAX).saturating_add(1)
    }
}

impl Place {
    /// Bytes `span` of a text.
    pub fn text(source: &Arc<Source>, span: Range<usize>) -> Self {
        Self::Text { source: source.clone(), start: span.start, end: span.end }
    }

    /// A file as a whole.
    pub fn file(path: impl Into<Arc<str>>) -> Self {
        Self::File { file: path.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn columns_count_characters() {
        let source = Source::new("a", "xy\nzü!");
        assert_eq!([0, 1, 3, 4, 6].map(|offset| source.column(offset)), [1, 2, 1, 2, 3]);
    }

    #[test]
    fn lines_count_from_one() {
        let source = Source::new("a", "x\ny\nz");
        assert_eq!([0, 1, 2, 4, 99].map(|offset| source.line(offset)), [1, 1, 2, 3, 3]);
    }
}
