//! One index entry per node.

/// "No node" in a record's links.
pub(super) const NONE: u16 = u16::MAX;

/// A `#…-cells` whose value no meaning can be given to.
pub(super) const BAD_CELLS: u8 = u8::MAX;

/// `#address-cells` and `#size-cells` where there are none (v0.4, 2.3.5); `#interrupt-cells` has no default.
const DEFAULT_CELLS: (u8, u8, u8) = (2, 1, 0);

/// What the index keeps about a node; the caller of [`super::Tree::open`] provides room for them.
#[derive(Debug, Clone, Copy)]
pub struct Record {
    /// The name: a word of the structure block.
    pub(super) name: u32,
    /// `phandle`; 0 where the node has none.
    pub(super) phandle: u32,
    pub(super) parent: u16,
    /// One past the last node of this subtree.
    pub(super) end: u16,
    /// First node whose phandle hashes to this record's number.
    pub(super) bucket: u16,
    /// Next node of the bucket that this node is in.
    pub(super) chain: u16,
    /// Where the hot properties are, in words after `name`; 0 where absent.
    pub(super) hot: [u16; Hot::COUNT],
    pub(super) flags: u16,
    pub(super) name_len: u8,
    pub(super) depth: u8,
    pub(super) address_cells: u8,
    pub(super) size_cells: u8,
    pub(super) interrupt_cells: u8,
}

/// The properties that are looked up so often that the index knows where they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hot {
    Compatible,
    Reg,
    Ranges,
    DmaRanges,
    Interrupts,
    InterruptsExtended,
    InterruptParent,
    InterruptMap,
    Clocks,
    Status,
}

impl Hot {
    const COUNT: usize = 10;
}

/// Bits of [`Record::flags`].
pub(super) mod flag {
    /// The own `status` is absent or okay.
    pub(in super::super) const OWN_OKAY: u16 = 1 << 0;
    /// So are those of all ancestors.
    pub(in super::super) const ENABLED: u16 = 1 << 1;
    /// Has `interrupt-controller`.
    pub(in super::super) const CONTROLLER: u16 = 1 << 2;
    /// Is a controller that takes the GIC's specifiers.
    pub(in super::super) const GIC: u16 = 1 << 3;
    /// Has `#interrupt-cells`.
    pub(in super::super) const INTERRUPT_CELLS: u16 = 1 << 4;
    /// Has `#address-cells`.
    pub(in super::super) const ADDRESS_CELLS: u16 = 1 << 5;
    /// `device_type` is `memory`.
    pub(in super::super) const MEMORY: u16 = 1 << 6;
    /// `device_type` is `cpu`.
    pub(in super::super) const CPU: u16 = 1 << 7;
    /// `device_type` says that this is a PCI bus.
    pub(in super::super) const PCI: u16 = 1 << 8;
    /// Is a controller whose `interrupt-map` isn't one in the specification's sense.
    pub(in super::super) const PRIVATE_MAP: u16 = 1 << 9;
}

impl Record {
    /// A record not yet filled in, for arrays of them.
    pub const EMPTY: Self = Self {
        name: 0,
        phandle: 0,
        parent: NONE,
        end: 0,
        bucket: NONE,
        chain: NONE,
        hot: [0; Hot::COUNT],
        flags: flag::OWN_OKAY,
        name_len: 0,
        depth: 0,
        address_cells: DEFAULT_CELLS.0,
        size_cells: DEFAULT_CELLS.1,
        interrupt_cells: DEFAULT_CELLS.2,
    };

    /// Starts over for a node.
    #[inline(always)]
    pub(super) fn begin(&mut self, name: u32, name_len: u8, depth: u8, parent: u16) {
        let Self { name: own_name, phandle, parent: own_parent, end, bucket, chain, hot, flags, .. } = self;
        (*own_name, *own_parent, *phandle, *end) = (name, parent, 0, 0);
        (*bucket, *chain) = (NONE, NONE);
        *hot = [0; Hot::COUNT];
        *flags = flag::OWN_OKAY;
        (self.name_len, self.depth) = (name_len, depth);
        (self.address_cells, self.size_cells, self.interrupt_cells) = DEFAULT_CELLS;
    }

    pub(super) const fn has(&self, bits: u16) -> bool {
        self.flags & bits != 0
    }
}
