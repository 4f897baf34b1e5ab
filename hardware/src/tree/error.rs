//! What can be wrong with a device tree, with the byte of the blob at which it is.

use thiserror::Error;

/// Why a blob, or an answer from it, was refused.
///
/// `at` is a byte offset into the blob; [`super::Tree::locate`] turns it into a node and a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TreeError {
    /// Not even a header.
    #[error("{len} bytes can't hold a device tree: its header alone has 40")]
    TooShort {
        /// The blob's length.
        len: usize,
    },
    /// Something else than a device tree.
    #[error("not a device tree: the first word is {found:#010x}, not 0xd00dfeed")]
    Magic {
        /// The first word.
        found: u32,
    },
    /// A layout that this reader doesn't know.
    #[error("device tree version {version}, readable as {compatible}: only version 17 is understood")]
    Version {
        /// `version`.
        version: u32,
        /// `last_comp_version`.
        compatible: u32,
    },
    /// The header promises more than there is.
    #[error("the device tree is truncated: its header says {total} bytes, there are {have}")]
    Truncated {
        /// `totalsize`.
        total: u32,
        /// The blob's length.
        have: usize,
    },
    /// More than [`super::MAX_SIZE`].
    #[error("a device tree of {total} bytes: no more than 2 MiB are read")]
    TooLarge {
        /// `totalsize`.
        total: u32,
    },
    /// A block of the blob is misaligned or reaches outside of it.
    #[error("the {block} block lies outside the blob or is misaligned (header byte {at})")]
    Block {
        /// The header field that says where the block is.
        at: u32,
        /// Which block.
        block: &'static str,
    },
    /// The memory reservation block has no terminator.
    #[error("the memory reservation block that starts at byte {at} has no end")]
    Reservations {
        /// Where the block starts.
        at: u32,
    },
    /// A word that isn't a token where a token must be.
    #[error("unknown token {found:#x} at byte {at}")]
    Token {
        /// Where.
        at: u32,
        /// The word.
        found: u32,
    },
    /// Tokens in an order that makes no tree.
    #[error("{problem} at byte {at}")]
    Structure {
        /// Where.
        at: u32,
        /// What is wrong with the order.
        problem: &'static str,
    },
    /// A node name that has no end, is over 255 bytes long or has other than printable characters.
    #[error("malformed node name at byte {at}")]
    NodeName {
        /// Where the name starts.
        at: u32,
    },
    /// A property whose name lies outside the strings block or has other than printable characters.
    #[error("the property at byte {at} has a malformed name")]
    PropertyName {
        /// Where the property starts.
        at: u32,
    },
    /// Deeper than [`super::MAX_DEPTH`].
    #[error("nodes are nested more than {} deep at byte {at}", super::MAX_DEPTH)]
    TooDeep {
        /// Where the node one too deep starts.
        at: u32,
    },
    /// More nodes than a record's number can name.
    #[error("more than {} nodes", super::MAX_NODES)]
    TooManyNodes {
        /// Where the node one too many starts.
        at: u32,
    },
    /// A node's properties take more than 256 KiB.
    #[error("the property at byte {at} is more than 256 KiB into its node")]
    NodeTooLong {
        /// Where the property is.
        at: u32,
    },
    /// The caller's slice of records is too small.
    #[error("the tree has {need} nodes, there are records for {have}")]
    Records {
        /// Records handed over.
        have: usize,
        /// Records needed.
        need: usize,
    },
    /// Two nodes with one phandle.
    #[error("the node at byte {at} repeats the phandle {phandle:#x}")]
    DuplicatePhandle {
        /// Where the second node is.
        at: u32,
        /// The phandle.
        phandle: u32,
    },
    /// A value whose length can't be what the property means.
    #[error("the value at byte {at} has {len} bytes, which doesn't fit its meaning")]
    Length {
        /// Where the property is.
        at: u32,
        /// Its length.
        len: u32,
    },
    /// A value that should be text.
    #[error("the value at byte {at} isn't a string that ends in a zero byte")]
    Text {
        /// Where the property is.
        at: u32,
    },
    /// A `#…-cells` that can't be used here.
    #[error("{name} can't be used for this value (byte {at})")]
    Cells {
        /// The `#…-cells` property, or the node that lacks it.
        at: u32,
        /// Its name.
        name: &'static str,
    },
    /// A reference to a node that isn't there.
    #[error("no node has the phandle {phandle:#x} that byte {at} refers to")]
    Phandle {
        /// The reference.
        at: u32,
        /// What it says.
        phandle: u32,
    },
    /// A path or alias that leads nowhere.
    #[error("the path at byte {at} names no node")]
    Dangling {
        /// Where the property with the path is.
        at: u32,
    },
    /// The address belongs to a bus that CPUs don't see.
    #[error("no CPU address: the bus at byte {at} has no ranges")]
    BusLocal {
        /// The bus node.
        at: u32,
    },
    /// The address lies in none of the bus' ranges.
    #[error("no CPU address: it lies outside the ranges at byte {at}")]
    OutsideRanges {
        /// The `ranges` property.
        at: u32,
    },
    /// An address or size over 64 bits, or a region that wraps.
    #[error("the value at byte {at} doesn't fit 64 bits")]
    Overflow {
        /// The property.
        at: u32,
    },
    /// A property that must be there isn't.
    #[error("the node at byte {at} has no {name}")]
    Missing {
        /// The node.
        at: u32,
        /// The property.
        name: &'static str,
    },
    /// Fewer entries than asked for.
    #[error("the node at byte {at} has no {name} entry {index}")]
    NoEntry {
        /// The node.
        at: u32,
        /// The property.
        name: &'static str,
        /// The entry, from 0.
        index: u16,
    },
    /// An interrupt with nobody to deliver it to.
    #[error("no interrupt controller above the node at byte {at}")]
    NoController {
        /// The node.
        at: u32,
    },
    /// No row of an `interrupt-map` fits.
    #[error("no row of the interrupt-map at byte {at} fits")]
    NoMapRow {
        /// The `interrupt-map`.
        at: u32,
    },
    /// References that go round in a circle.
    #[error("references lead in a circle or too far from the node at byte {at}")]
    Circle {
        /// The node where it started.
        at: u32,
    },
    /// An interrupt that isn't a line of a GIC.
    #[error("the node at byte {at} has an interrupt that isn't a GIC's")]
    NotGic {
        /// The node.
        at: u32,
    },
    /// A value that is none of those that the property may have.
    #[error("the value at byte {at} is none that {name} may have")]
    Value {
        /// The property.
        at: u32,
        /// Its name.
        name: &'static str,
    },
}

impl TreeError {
    /// The byte of the blob to look at; `None` where the blob as a whole is the problem.
    pub const fn offset(&self) -> Option<usize> {
        match *self {
            Self::TooShort { .. }
            | Self::Magic { .. }
            | Self::Version { .. }
            | Self::Truncated { .. }
            | Self::TooLarge { .. }
            | Self::Records { .. } => None,
            Self::Block { at, .. }
            | Self::Reservations { at }
            | Self::Token { at, .. }
            | Self::Structure { at, .. }
            | Self::NodeName { at }
            | Self::PropertyName { at }
            | Self::TooDeep { at }
            | Self::TooManyNodes { at }
            | Self::NodeTooLong { at }
            | Self::DuplicatePhandle { at, .. }
            | Self::Length { at, .. }
            | Self::Text { at }
            | Self::Cells { at, .. }
            | Self::Phandle { at, .. }
            | Self::Dangling { at }
            | Self::BusLocal { at }
            | Self::OutsideRanges { at }
            | Self::Overflow { at }
            | Self::Missing { at, .. }
            | Self::NoEntry { at, .. }
            | Self::NoController { at }
            | Self::NoMapRow { at }
            | Self::Circle { at }
            | Self::NotGic { at }
            | Self::Value { at, .. } => Some(at as usize),
        }
    }
}
