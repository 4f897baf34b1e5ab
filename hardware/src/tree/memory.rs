//! Memory: what there is, and what is spoken for.

use super::node::Children;
use super::record::flag;
use super::reg::{Regs, number};
use super::{Node, Tree, TreeError};

/// A run of physical memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// First byte.
    pub base: u64,
    /// Bytes.
    pub size: u64,
}

/// The regions of the memory nodes.
#[derive(Debug, Clone)]
pub struct Memory<'t> {
    nodes: Children<'t>,
    regions: Option<Regions<'t>>,
}

/// The regions of one node's `reg`.
#[derive(Debug, Clone)]
pub struct Regions<'t> {
    node: Node<'t>,
    regs: Regs<'t>,
}

/// The header's memory reservation block.
#[derive(Debug, Clone)]
pub struct Reservations<'t> {
    rest: &'t [[u8; 16]],
}

/// A child of `/reserved-memory` (v0.4, 3.5).
#[derive(Debug, Clone, Copy)]
pub struct ReservedMemory<'t> {
    /// The node; its name says what for.
    pub node: Node<'t>,
    /// Must not be mapped, not even to look.
    pub no_map: bool,
    /// May be used until its owner wants it.
    pub reusable: bool,
    /// Where it is, when the kernel may choose; `None` where [`ReservedMemory::regions`] says it.
    pub dynamic: Option<Dynamic<'t>>,
}

/// A reservation that the kernel places.
#[derive(Debug, Clone, Copy)]
pub struct Dynamic<'t> {
    /// Bytes.
    pub size: u64,
    /// Boundary of the first byte, where one is asked for.
    pub alignment: Option<u64>,
    node: Node<'t>,
}

/// Where a [`Dynamic`] reservation may be placed.
#[derive(Debug, Clone)]
pub struct AllocRanges<'t> {
    parent: Option<Node<'t>>,
    rest: &'t [u8],
}

/// The children of `/reserved-memory`.
#[derive(Debug, Clone)]
pub struct ReservedMemories<'t> {
    children: Option<Children<'t>>,
}

impl Tree<'_> {
    /// The memory that enabled memory nodes describe. Regions of size 0, which firmware should have filled in, are left
    /// out.
    pub fn memory(&self) -> Memory<'_> {
        Memory { nodes: self.root().children(), regions: None }
    }

    /// The enabled memory nodes, each with every region of its `reg`, those of size 0 as well.
    pub fn memory_nodes(&self) -> impl Iterator<Item = (Node<'_>, Regions<'_>)> {
        let nodes = self.root().children().filter(|node| node.record().has(flag::MEMORY) && node.enabled());
        nodes.map(|node| (node, Regions { node, regs: node.regs() }))
    }

    /// The header's memory reservations.
    pub fn memory_reservations(&self) -> Reservations<'_> {
        let blocks = &self.blocks;
        Reservations { rest: blocks.blob.get(blocks.reservations_at as usize..).unwrap_or_default().as_chunks().0 }
    }

    /// The reservations that nodes describe, those that are switched off left out.
    pub fn reserved_memory(&self) -> ReservedMemories<'_> {
        ReservedMemories { children: self.find("/reserved-memory").map(Node::children) }
    }
}

impl<'t> Iterator for Memory<'t> {
    type Item = Result<Region, TreeError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(region) = self.regions.as_mut().and_then(Iterator::next) {
                match region {
                    Ok(Region { size: 0, .. }) => continue,
                    region => return Some(region),
                }
            }
            let node = self.nodes.find(|node| node.record().has(flag::MEMORY) && node.enabled())?;
            self.regions = Some(Regions { node, regs: node.regs() });
        }
    }
}

impl Iterator for Regions<'_> {
    type Item = Result<Region, TreeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.regs.next_raw()?;
        let wraps = TreeError::Overflow { at: self.node.at() };
        Some(entry.and_then(|(bus, size)| {
            let base = self.node.translate(bus)?;
            base.checked_add(size.saturating_sub(1)).ok_or(wraps)?;
            Ok(Region { base, size })
        }))
    }
}

impl Iterator for Reservations<'_> {
    type Item = Region;

    fn next(&mut self) -> Option<Region> {
        let (entry, rest) = self.rest.split_first()?;
        let (base, size) = entry.split_at(8);
        let region = Region { base: number(base) as u64, size: number(size) as u64 };
        if region == (Region { base: 0, size: 0 }) {
            return None;
        }
        self.rest = rest;
        Some(region)
    }
}

impl<'t> Iterator for ReservedMemories<'t> {
    type Item = Result<ReservedMemory<'t>, TreeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let node = self.children.as_mut()?.find(|node| node.enabled())?;
        Some(ReservedMemory::read(node))
    }
}

impl<'t> ReservedMemory<'t> {
    fn read(node: Node<'t>) -> Result<Self, TreeError> {
        let dynamic = match node.property("size") {
            Some(size) if node.reg_bytes().is_empty() => {
                let alignment = node.property("alignment").map(|alignment| alignment.as_u64()).transpose()?;
                Some(Dynamic { size: size.as_u64()?, alignment, node })
            }
            _ => None,
        };
        let has = |name| node.property(name).is_some();
        Ok(Self { node, no_map: has("no-map"), reusable: has("reusable"), dynamic })
    }

    /// The regions of a reservation that has its place; none for a dynamic one.
    pub fn regions(&self) -> Regions<'t> {
        Regions { node: self.node, regs: self.node.regs() }
    }
}

impl<'t> Dynamic<'t> {
    /// Where it may be placed; no entries: anywhere.
    pub fn alloc_ranges(&self) -> AllocRanges<'t> {
        let ranges = self.node.property("alloc-ranges");
        AllocRanges { parent: self.node.parent(), rest: ranges.map_or(&[], |ranges| ranges.value()) }
    }
}

impl Iterator for AllocRanges<'_> {
    type Item = Result<Region, TreeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let parent = self.parent.filter(|_| !self.rest.is_empty())?;
        let entry = self.take(parent);
        if entry.is_err() {
            self.parent = None;
        }
        Some(entry)
    }
}

impl AllocRanges<'_> {
    fn take(&mut self, parent: Node<'_>) -> Result<Region, TreeError> {
        let (address, size) = (4 * parent.address_cells()?, 4 * parent.size_cells()?);
        let cut = TreeError::Length { at: parent.at(), len: self.rest.len() as u32 };
        let (entry, rest) = self.rest.split_at_checked(address + size).filter(|_| address + size > 0).ok_or(cut)?;
        let (base, size) = entry.split_at_checked(address).ok_or(cut)?;
        self.rest = rest;
        let fit = |value: u128| u64::try_from(value).map_err(|_| TreeError::Overflow { at: parent.at() });
        Ok(Region { base: fit(number(base))?, size: fit(number(size))? })
    }
}
