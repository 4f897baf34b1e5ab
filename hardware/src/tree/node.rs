//! Nodes: where they are in the tree, and their properties.

use super::property::{Properties, Property, Strings};
use super::record::{Hot, NONE, Record, flag};
use super::{Path, Tree, TreeError};

/// A node of a [`Tree`].
#[derive(Debug, Clone, Copy)]
pub struct Node<'t> {
    pub(super) tree: &'t Tree<'t>,
    index: u16,
}

/// What a node's own `status` says (v0.4, 2.3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status<'t> {
    /// Absent, `okay` or `ok`.
    Okay,
    /// `disabled`.
    Disabled,
    /// `reserved`, `fail`, `fail-…` or anything else; the device isn't to be used.
    Other(&'t str),
}

impl<'t> Node<'t> {
    pub(super) fn new(tree: &'t Tree<'t>, index: u16) -> Self {
        Self { tree, index }
    }

    pub(super) fn record(self) -> &'t Record {
        self.tree.records.get(usize::from(self.index)).unwrap_or(&const { Record::EMPTY })
    }

    /// Its number in blob order; the root's is 0.
    pub fn index(self) -> usize {
        self.index.into()
    }

    /// Where in the blob its name starts.
    pub fn at(self) -> u32 {
        self.tree.blocks.at(self.record().name as usize)
    }

    /// Its name with the unit address: `serial@9000000`; empty for the root.
    pub fn name(self) -> &'t str {
        // `open` took only printable ASCII.
        core::str::from_utf8(self.name_bytes()).unwrap_or_default()
    }

    pub(super) fn name_bytes(self) -> &'t [u8] {
        let record = self.record();
        self.tree.blocks.value(record.name as usize, record.name_len.into())
    }

    /// The part of the name before the `@`: `serial`.
    pub fn base_name(self) -> &'t str {
        self.name().split('@').next().unwrap_or_default()
    }

    /// The part of the name after the `@`: `9000000`.
    pub fn unit_address(self) -> Option<&'t str> {
        self.name().split_once('@').map(|(_, address)| address)
    }

    /// Its path, to print.
    pub fn path(self) -> Path<'t> {
        Path::new(self)
    }

    /// Whether `path` is its path.
    pub fn path_eq(self, path: &str) -> bool {
        super::path::is_path_of(path.as_bytes(), self)
    }

    /// How many nodes are above it.
    pub fn depth(self) -> usize {
        self.record().depth.into()
    }

    /// The node that it is a child of; `None` for the root.
    pub fn parent(self) -> Option<Self> {
        let parent = self.record().parent;
        (parent != NONE).then(|| Self::new(self.tree, parent))
    }

    /// Its children in blob order.
    pub fn children(self) -> Children<'t> {
        Children { tree: self.tree, next: self.index + 1, end: self.record().end }
    }

    /// All nodes below it in blob order.
    pub fn descendants(self) -> Nodes<'t> {
        Nodes::new(self.tree, self.index() + 1, self.record().end.into())
    }

    /// The child with this name, unit address included.
    pub fn child(self, name: &str) -> Option<Self> {
        self.child_bytes(name.as_bytes())
    }

    pub(super) fn child_bytes(self, name: &[u8]) -> Option<Self> {
        self.children().find(|child| usize::from(child.record().name_len) == name.len() && child.name_bytes() == name)
    }

    /// Its properties in blob order.
    pub fn properties(self) -> Properties<'t> {
        let record = self.record();
        Properties::new(self.tree, record.name as usize + usize::from(record.name_len) / 4 + 1)
    }

    /// The property with this name.
    pub fn property(self, name: &str) -> Option<Property<'t>> {
        self.properties().find(|property| property.is(name))
    }

    /// The property with this name, which must be there.
    pub(super) fn require(self, name: &'static str) -> Result<Property<'t>, TreeError> {
        self.property(name).ok_or(TreeError::Missing { at: self.at(), name })
    }

    pub(super) fn hot(self, hot: Hot) -> Option<Property<'t>> {
        self.tree.blocks.hot_word(self.record(), hot).map(|word| Property::new(self.tree, word))
    }

    /// Its `compatible` strings, most specific first.
    pub fn compatible(self) -> Compatibles<'t> {
        self.hot(Hot::Compatible).map_or_else(Strings::none, Property::strings)
    }

    /// Whether `compatible` is among its `compatible` strings.
    pub fn is_compatible(self, compatible: &str) -> bool {
        has_string(self.tree.blocks.hot(self.record(), Hot::Compatible), compatible.as_bytes())
    }

    /// What its own `status` says.
    pub fn status(self) -> Status<'t> {
        match self.hot(Hot::Status) {
            Some(status) if !self.record().has(flag::OWN_OKAY) => match status.strings().next() {
                Some("disabled") => Status::Disabled,
                text => Status::Other(text.unwrap_or_default()),
            },
            _ => Status::Okay,
        }
    }

    /// Whether it and all its ancestors are okay.
    pub fn enabled(self) -> bool {
        self.record().has(flag::ENABLED)
    }

    /// Its phandle.
    pub fn phandle(self) -> Option<u32> {
        Some(self.record().phandle).filter(|&phandle| phandle != 0)
    }

    /// Whether it has `interrupt-controller`.
    pub fn is_interrupt_controller(self) -> bool {
        self.record().has(flag::CONTROLLER)
    }

    /// Whether it is a GIC.
    pub fn is_gic(self) -> bool {
        self.record().has(flag::GIC)
    }

    /// How many cells the addresses of its **children** have: `#address-cells`, or the default 2.
    pub fn address_cells(self) -> Result<usize, TreeError> {
        self.cells(self.record().address_cells, "#address-cells")
    }

    /// How many cells the sizes of its **children** have: `#size-cells`, or the default 1.
    pub fn size_cells(self) -> Result<usize, TreeError> {
        self.cells(self.record().size_cells, "#size-cells")
    }

    /// Addresses and sizes are read up to the four cells of a `u128`; no real bus has more than three.
    fn cells(self, cells: u8, name: &'static str) -> Result<usize, TreeError> {
        if cells <= 4 { Ok(cells.into()) } else { Err(self.bad_cells(name)) }
    }

    /// The error that says a `#…-cells` of this node is unusable or missing.
    #[cold]
    pub(super) fn bad_cells(self, name: &'static str) -> TreeError {
        TreeError::Cells { at: self.property(name).map_or(self.at(), Property::at), name }
    }

    /// The error that says an entry isn't there.
    #[cold]
    pub(super) fn no_entry(self, name: &'static str, index: usize) -> TreeError {
        TreeError::NoEntry { at: self.at(), name, index: u16::try_from(index).unwrap_or(u16::MAX) }
    }
}

impl PartialEq for Node<'_> {
    /// Only nodes of one tree compare in a sensible way.
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl Eq for Node<'_> {}

/// A node's `compatible` strings.
pub type Compatibles<'t> = Strings<'t>;

/// A run of nodes in blob order.
#[derive(Debug, Clone)]
pub struct Nodes<'t> {
    tree: &'t Tree<'t>,
    next: usize,
    end: usize,
}

impl<'t> Nodes<'t> {
    pub(super) fn new(tree: &'t Tree<'t>, next: usize, end: usize) -> Self {
        Self { tree, next, end }
    }
}

impl<'t> Iterator for Nodes<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        let node = (self.next < self.end).then(|| Node::new(self.tree, self.next as u16))?;
        self.next += 1;
        Some(node)
    }
}

/// A node's children.
#[derive(Debug, Clone)]
pub struct Children<'t> {
    tree: &'t Tree<'t>,
    next: u16,
    end: u16,
}

impl<'t> Iterator for Children<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        let node = (self.next < self.end).then(|| Node::new(self.tree, self.next))?;
        self.next = node.record().end;
        Some(node)
    }
}

/// Whether a list of strings has `wanted`.
fn has_string(mut list: &[u8], wanted: &[u8]) -> bool {
    while list.len() > wanted.len() {
        let (head, rest) = list.split_at_checked(wanted.len()).unwrap_or_default();
        if head == wanted && rest.first() == Some(&0) {
            return true;
        }
        let Some(end) = list.iter().position(|&byte| byte == 0) else { return false };
        list = list.get(end + 1..).unwrap_or_default();
    }
    false
}
