//! Physical memory as the kernel sees it.

use crate::frames::{Usage, Zone};

/// Physical memory and the heap.
pub trait Memory {
    /// The nth region in address order; `None` past the last.
    fn region(&self, index: usize) -> Option<Region<'_>>;

    /// The nth mapping of the live page tables in address order; `None` past the last.
    fn mapping(&self, index: usize) -> Option<Mapping<'_>>;

    /// What rules over all mappings.
    fn regime(&self) -> Regime;

    /// What the frame allocator has of `zone`, without the zones below it.
    fn frames(&self, zone: Zone) -> Usage;

    /// The kernel's heap, which is made of such frames.
    fn heap(&self) -> Heap;
}

/// A run of virtual addresses that map to a run of physical ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mapping<'s> {
    /// The first virtual address.
    pub address: u64,
    /// The physical address that it maps to.
    pub physical: u64,
    /// Bytes.
    pub size: u64,
    /// What the kernel may do there: `r-x`.
    pub rights: &'s str,
    /// `normal` or `device`.
    pub memory: &'s str,
    /// Whose it is.
    pub name: &'s str,
    /// Which of several of that name.
    pub number: Option<u16>,
}

/// What rules over all mappings, as this core has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Regime {
    /// Nothing that can be written is executed, whatever its mapping says.
    pub wxn: bool,
    /// The kernel can't reach what user space can; `None`: the core doesn't know how.
    pub pan: Option<bool>,
}

/// A range of physical addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region<'s> {
    /// Its first address.
    pub base: u64,
    /// Bytes.
    pub size: u64,
    /// What it is for.
    pub kind: RegionKind,
    /// What is there: a section, a device's name, a node's.
    pub name: &'s str,
}

/// What a region is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionKind {
    /// RAM that the frame allocator hands out: read, write.
    Ram,
    /// Kernel code: read, execute.
    Text,
    /// Kernel constants: read.
    Rodata,
    /// Kernel data and stacks: read, write.
    Data,
    /// The kernel's heap: read, write.
    Heap,
    /// Page tables.
    Tables,
    /// The live device tree: read.
    Tree,
    /// The initial RAM disk.
    Initrd,
    /// Kept by firmware: memory reservations and `/reserved-memory`.
    Reserved,
    /// A device's registers: Device-nGnRE.
    Device,
}

/// The kernel's heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heap {
    /// Bytes it has.
    pub size: u64,
    /// Bytes in use.
    pub used: u64,
    /// The most that were in use at once.
    pub peak: u64,
    /// Requests it couldn't satisfy.
    pub failures: u64,
}

impl RegionKind {
    /// Lower-case, as people and tools read it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ram => "ram",
            Self::Text => "text",
            Self::Rodata => "rodata",
            Self::Data => "data",
            Self::Heap => "heap",
            Self::Tables => "tables",
            Self::Tree => "tree",
            Self::Initrd => "initrd",
            Self::Reserved => "reserved",
            Self::Device => "device",
        }
    }

    /// How the kernel maps it: read, write, execute.
    pub const fn access(self) -> &'static str {
        match self {
            Self::Text => "r-x",
            Self::Rodata | Self::Tree | Self::Initrd => "r--",
            Self::Data | Self::Heap | Self::Ram | Self::Tables | Self::Device => "rw-",
            Self::Reserved => "---",
        }
    }
}
