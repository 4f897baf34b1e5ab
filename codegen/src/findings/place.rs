//! Where a finding points: a span of a text file, a property of a tree's node, an offset of a blob, a file.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A text file as it was read; findings show its lines.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// As people name it, relative to the project's root: `boards/qemu-virt.toml`.
    pub path: String,
    /// Its whole text.
    pub text: String,
    /// The file that this one inherits from. Its bytes count on behind this text's end and one more, so that a span tells
    /// which of the files it is in.
    pub inherits: Option<Arc<Source>>,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The file's path.
    pub file: Arc<str>,
    /// 1-based.
    pub number: u32,
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
        Arc::new(Self { path: path.into(), text: text.into(), inherits: None })
    }

    /// The line in which byte `offset` stands, in whichever of the files that is.
    pub fn at(&self, mut offset: usize) -> Line {
        let mut source = self;
        while let Some(next) = source.inherits.as_deref().filter(|_| offset > source.text.len()) {
            offset -= source.text.len() + 1;
            source = next;
        }
        Line { file: source.path.as_str().into(), number: source.line(offset) }
    }

    /// This file and those that it inherits from, nearest first.
    pub fn files(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |source| source.inherits.as_deref())
    }

    /// The 1-based line in which byte `offset` of this file stands.
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

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.number)
    }
}

impl Place {
    /// Bytes `span` of a text.
    pub fn text(source: &Arc<Source>, span: Range<usize>) -> Self {
        let (mut source, mut start) = (source, span.start);
        while let Some(next) = source.inherits.as_ref().filter(|_| start > source.text.len()) {
            start -= source.text.len() + 1;
            source = next;
        }
        Self::Text { source: source.clone(), start, end: start + span.len() }
    }

    /// A file as a whole.
    pub fn file(path: impl Into<Arc<str>>) -> Self {
        Self::File { file: path.into() }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Place, Source};

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

    #[test]
    fn a_span_tells_its_file() {
        let chain = |child: &str, parent| {
            let text = child.to_owned();
            Arc::new(Source { path: child.to_owned(), text, inherits: Some(parent) })
        };
        let source = chain("ab", chain("c\nd", Source::new("e", "e")));
        let lines = [0, 2, 3, 5, 6, 7, 8].map(|offset| source.at(offset).to_string());
        assert_eq!(lines, ["ab:1", "ab:1", "c\nd:1", "c\nd:2", "c\nd:2", "e:1", "e:1"]);
        let Place::Text { source: file, start, end } = Place::text(&source, 5..6) else { panic!() };
        assert_eq!((file.path.as_str(), start, end), ("c\nd", 2, 3));
    }
}
