//! The live tree's memory nodes, believed as far as they make sense.

use core::fmt;

use hardware::tree::{Node, Region, Tree, TreeError};

use super::{RamMap, TooManyRanges};
use crate::text::{Causes, Tell};

/// The smallest piece of RAM that there can be.
const PAGE: u64 = 4096;

/// An entry of a memory node's `reg`: `/memory@40000000 reg[1]`.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'t> {
    /// The node.
    pub node: Node<'t>,
    /// Which entry of its `reg`, from 0 on.
    pub index: usize,
}

/// What is wrong with an entry. Except where it can't be read, what makes sense of it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MemoryError {
    /// It isn't a region: cut off, or its end is beyond all addresses.
    #[error("left out")]
    Unreadable(#[source] TreeError),
    /// Firmware should have written how much there is.
    #[error("no bytes at {0:#x}")]
    Empty(u64),
    /// Some of it was named before.
    #[error("{0:#x} is in an earlier entry too")]
    Overlap(u64),
    /// The processor's addresses don't reach that far.
    #[error("left out from {0:#x} on: the processor has no such addresses")]
    Unreachable(u64),
    /// Its ends aren't between two pages.
    #[error("{start:#x} to {end:#x} isn't a number of whole pages")]
    Ragged {
        /// First address.
        start: u64,
        /// The address behind the last.
        end: u64,
    },
    /// The kernel can't keep so many ranges apart.
    #[error("RAM left out")]
    TooMany(#[source] TooManyRanges),
}

impl<const N: usize> RamMap<N> {
    /// Adds what `tree`'s memory nodes name below `limit`, the first address that the processor hasn't got. What is wrong with
    /// an entry is handed to `note`, and the next is read.
    pub fn add_nodes<'t>(&mut self, tree: &'t Tree<'_>, limit: u64, note: &mut dyn FnMut(Entry<'t>, MemoryError)) {
        for (node, regions) in tree.memory_nodes() {
            for (index, region) in regions.enumerate() {
                let mut note = |error| note(Entry { node, index }, error);
                match region {
                    Ok(region) => self.add_region(region, limit, &mut note),
                    Err(error) => note(MemoryError::Unreadable(error)),
                }
            }
        }
    }

    fn add_region(&mut self, region: Region, limit: u64, note: &mut dyn FnMut(MemoryError)) {
        let Region { base, size } = region;
        if size == 0 {
            return note(MemoryError::Empty(base));
        }
        // Saturates for a region that ends with the last address there is.
        let end = base.saturating_add(size);
        if base % PAGE != 0 || end % PAGE != 0 {
            note(MemoryError::Ragged { start: base, end });
        }
        if end > limit {
            note(MemoryError::Unreachable(base.max(limit)));
        }
        let new = base..end.min(limit);
        if let Some(known) = self.ranges().iter().find(|known| known.start < new.end && new.start < known.end) {
            note(MemoryError::Overlap(known.start.max(new.start)));
        }
        if let Err(full) = self.add(new) {
            note(MemoryError::TooMany(full));
        }
    }
}

impl Causes for MemoryError {
    fn causes(&self, tell: &mut Tell<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(source) => tell(source),
            Self::TooMany(source) => tell(source),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} reg[{}]", self.node.path(), self.index)
    }
}
