//! A device tree read with its meaning.
//!
//! [`Tree::open`] checks a flattened tree once, from end to end, and notes each node in a [`Record`] that the caller
//! has room for. Every answer after that comes from the blob and the records, without allocation or recursion:
//! - [`Node`]: name, path, properties, status through its ancestors;
//! - [`Reg`]: register windows, as the bus numbers them and as CPUs see them through the whole chain of `ranges`;
//! - [`InterruptSpec`]: interrupts at the controller that takes them, through inheritance and `interrupt-map`s;
//! - what the kernel boots by: [`Tree::stdout`], [`Tree::memory`], [`Tree::cpus`], [`Tree::psci`], [`Tree::chosen`], …
//!
//! A blob that isn't a tree is a [`TreeError`] from `open`; a value that has no meaning is one from the accessor that
//! needs it. Both name the byte, which [`Tree::locate`] turns into a node and a property.
//!
//! # Limits
//! Blobs of [`MAX_SIZE`] (arm64's boot protocol allows no more), [`MAX_NODES`] nodes nested [`MAX_DEPTH`] deep (the
//! deepest of 1,023 real trees has 11), node names of 255 bytes, addresses of 4 cells.

mod chosen;
mod clock;
mod cpu;
mod error;
mod gic;
mod header;
mod index;
mod interrupt;
mod locate;
mod memory;
mod names;
mod nexus;
mod node;
mod path;
mod property;
mod ranges;
mod record;
mod reg;
mod text;

pub use chosen::{Alias, Aliases, Chosen, Stdout};
pub use clock::{Clock, Clocks};
pub use cpu::{Cpu, Cpus, EnableMethod, Psci};
pub use error::TreeError;
pub use interrupt::{InterruptSpec, Interrupts, Specifier};
pub use locate::Place;
pub use memory::{AllocRanges, Dynamic, Memory, Region, Regions, Reservations, ReservedMemories, ReservedMemory};
pub use node::{Children, Compatibles, Node, Nodes, Status};
pub use path::Path;
pub use property::{Properties, Property, Strings};
pub use ranges::{DmaRange, DmaRanges};
pub use record::Record;
pub use reg::{Reg, Regs};

use header::Blocks;

/// The largest blob in bytes (Linux, Documentation/arch/arm64/booting.rst, 2).
pub const MAX_SIZE: usize = 2 << 20;
/// How deep nodes may be nested, the root included.
pub const MAX_DEPTH: usize = 64;
/// The most nodes of a tree.
pub const MAX_NODES: usize = u16::MAX as usize;

/// A device tree whose structure has been checked.
#[derive(Debug, Clone, Copy)]
pub struct Tree<'a> {
    blocks: Blocks<'a>,
    records: &'a [Record],
}

impl<'a> Tree<'a> {
    /// Checks `blob` and indexes it in `records`, one per node.
    ///
    /// `blob` may be longer than the tree. Too few records are a [`TreeError::Records`] that says how many it takes.
    pub fn open(blob: &'a [u8], records: &'a mut [Record]) -> Result<Self, TreeError> {
        let blocks = header::blocks(blob)?;
        let nodes = index::build(&blocks, records)?;
        Ok(Self { blocks, records: records.get(..nodes).unwrap_or_default() })
    }

    /// The tree's bytes, without what follows them.
    pub fn blob(&self) -> &[u8] {
        self.blocks.blob
    }

    /// How many nodes there are; the root always is.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// MPIDR of the CPU that boots, as the header has it (0 from most firmware).
    pub fn boot_cpu(&self) -> u32 {
        self.blocks.boot_cpu
    }

    /// The root node.
    pub fn root(&self) -> Node<'_> {
        Node::new(self, 0)
    }

    /// All nodes in blob order: parents before children.
    pub fn nodes(&self) -> Nodes<'_> {
        Nodes::new(self, 0, self.records.len())
    }

    /// The node whose [`Node::index`] it is.
    pub fn node(&self, index: usize) -> Option<Node<'_>> {
        (index < self.records.len()).then(|| Node::new(self, index as u16))
    }

    /// The node with this phandle.
    pub fn by_phandle(&self, phandle: u32) -> Option<Node<'_>> {
        index::phandle_owner(self.records, phandle).map(|index| Node::new(self, index))
    }

    /// All nodes, disabled ones too, that have `compatible` among their strings.
    pub fn compatible_with(&self, compatible: &str) -> impl Iterator<Item = Node<'_>> {
        self.nodes().filter(move |node| node.is_compatible(compatible))
    }
}
