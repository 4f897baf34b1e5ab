//! Properties: a name and bytes, and the ways of reading them.

use super::{Tree, TreeError};

/// A property of a node.
#[derive(Debug, Clone, Copy)]
pub struct Property<'t> {
    tree: &'t Tree<'t>,
    /// Its length word; the name's offset and the value follow.
    word: usize,
}

impl<'t> Property<'t> {
    pub(super) fn new(tree: &'t Tree<'t>, word: usize) -> Self {
        Self { tree, word }
    }

    /// Its name.
    pub fn name(self) -> &'t str {
        let name = self.name_and_rest();
        let len = name.iter().position(|&byte| byte == 0).unwrap_or(0);
        // `open` took only printable ASCII.
        core::str::from_utf8(name.get(..len).unwrap_or_default()).unwrap_or_default()
    }

    /// Whether it is called `name`.
    pub fn is(self, name: &str) -> bool {
        self.name_and_rest().strip_prefix(name.as_bytes()).is_some_and(|rest| rest.first() == Some(&0))
    }

    /// Where in the blob it stands: the offset of its token, as errors have it.
    pub fn at(self) -> u32 {
        self.tree.blocks.at(self.word.saturating_sub(1))
    }

    /// Its bytes.
    pub fn value(self) -> &'t [u8] {
        self.tree.blocks.value(self.word + 2, self.tree.blocks.word(self.word))
    }

    /// One cell.
    pub fn as_u32(self) -> Result<u32, TreeError> {
        self.value().try_into().map(u32::from_be_bytes).map_err(|_| self.wrong_length())
    }

    /// One or two cells.
    pub fn as_u64(self) -> Result<u64, TreeError> {
        match self.cells()? {
            [high, low] => Ok(u64::from(u32::from_be_bytes(*high)) << 32 | u64::from(u32::from_be_bytes(*low))),
            [one] => Ok(u32::from_be_bytes(*one).into()),
            _ => Err(self.wrong_length()),
        }
    }

    /// One string.
    pub fn as_str(self) -> Result<&'t str, TreeError> {
        let not_text = TreeError::Text { at: self.at() };
        let [text @ .., 0] = self.value() else { return Err(not_text) };
        if text.contains(&0) {
            return Err(not_text);
        }
        core::str::from_utf8(text).map_err(|_| not_text)
    }

    /// The strings of a list; those that aren't UTF-8 are left out.
    pub fn strings(self) -> Strings<'t> {
        Strings { rest: self.value() }
    }

    /// Its value as big-endian cells.
    pub fn cells(self) -> Result<&'t [[u8; 4]], TreeError> {
        match self.value().as_chunks() {
            (cells, []) => Ok(cells),
            _ => Err(self.wrong_length()),
        }
    }

    /// Its value as numbers.
    pub fn numbers(self) -> Result<impl Iterator<Item = u32> + 't, TreeError> {
        self.cells().map(|cells| cells.iter().map(|cell| u32::from_be_bytes(*cell)))
    }

    #[cold]
    pub(super) fn wrong_length(self) -> TreeError {
        TreeError::Length { at: self.at(), len: self.tree.blocks.word(self.word) }
    }

    /// The word after its value, padding included.
    pub(super) fn end(self) -> usize {
        self.word + 2 + (self.tree.blocks.word(self.word) as usize).div_ceil(4)
    }

    fn name_and_rest(self) -> &'t [u8] {
        let offset = self.tree.blocks.word(self.word + 1);
        self.tree.blocks.strings.get(offset as usize..).unwrap_or_default()
    }
}

/// The strings of a list.
#[derive(Debug, Clone)]
pub struct Strings<'t> {
    rest: &'t [u8],
}

impl Strings<'_> {
    pub(super) const fn none() -> Self {
        Self { rest: &[] }
    }
}

impl<'t> Iterator for Strings<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        loop {
            // Bytes after the last zero are no string.
            let len = self.rest.iter().position(|&byte| byte == 0)?;
            let (text, rest) = self.rest.split_at_checked(len)?;
            self.rest = rest.get(1..).unwrap_or_default();
            if let Ok(text) = core::str::from_utf8(text) {
                return Some(text);
            }
        }
    }
}

/// A node's properties in blob order.
#[derive(Debug, Clone)]
pub struct Properties<'t> {
    tree: &'t Tree<'t>,
    /// The next token.
    next: usize,
}

impl<'t> Properties<'t> {
    pub(super) fn new(tree: &'t Tree<'t>, first: usize) -> Self {
        Self { tree, next: first }
    }
}

impl<'t> Iterator for Properties<'t> {
    type Item = Property<'t>;

    fn next(&mut self) -> Option<Property<'t>> {
        const PROP: u32 = 3;
        const NOP: u32 = 4;
        loop {
            match self.tree.blocks.word(self.next) {
                PROP => break,
                NOP => self.next += 1,
                _ => return None,
            }
        }
        let property = Property::new(self.tree, self.next + 1);
        self.next = property.end();
        Some(property)
    }
}
