//! Translation table entries (DDI 0487, D8.3): what may be done with a mapping, what is behind it, and the bits of both.

/// A descriptor that points at the next level's table (DDI 0487, D8.3.1).
pub const TABLE: u64 = 0b11;
/// A level 3 descriptor that maps a page.
const PAGE: u64 = 0b11;
/// A level 1 or 2 descriptor that maps a block.
const BLOCK: u64 = 0b01;
/// Bit 0 of a descriptor: there is a table, a block or a page.
const VALID: u64 = 1;
/// Bit 1 of a valid descriptor above level 3: a table, not a block.
const IS_TABLE: u64 = 1 << 1;
/// The address bits of a descriptor.
pub(super) const ADDRESS: u64 = 0x0000_ffff_ffff_f000;

/// Entries of a table.
pub const ENTRIES: usize = 512;

/// What may be done with a mapping. Writable and executable at once can't be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Read and execute.
    Code,
    /// Read: constants, and firmware's device tree.
    Constants,
    /// Read and write: everything else.
    Data,
}

/// What kind of memory is behind a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// RAM: cached, inner shareable.
    Normal,
    /// Registers: Device-nGnRE.
    Device,
    /// RAM past the caches: Normal Non-cacheable.
    Uncached,
}

/// A translation table entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor(u64);

const READ_ONLY: u64 = 1 << 7;
const PRIVILEGED_EXECUTE_NEVER: u64 = 1 << 53;

/// The lower and upper attributes of a block or page (DDI 0487, D8.3.2), without address and type.
pub const fn attributes(protection: Protection, memory: Memory) -> u64 {
    const ACCESS_FLAG: u64 = 1 << 10;
    const INNER_SHAREABLE: u64 = 0b11 << 8;
    const UNPRIVILEGED_EXECUTE_NEVER: u64 = 1 << 54;
    let index = match memory {
        Memory::Normal => 0,
        Memory::Device => 1 << 2,
        Memory::Uncached => 2 << 2,
    };
    let rights = match protection {
        Protection::Code => READ_ONLY,
        Protection::Constants => READ_ONLY | PRIVILEGED_EXECUTE_NEVER,
        Protection::Data => PRIVILEGED_EXECUTE_NEVER,
    };
    ACCESS_FLAG | INNER_SHAREABLE | UNPRIVILEGED_EXECUTE_NEVER | index | rights
}

/// What the kernel may do with memory of these attributes: `r-x`.
pub const fn rights(attributes: u64) -> [u8; 3] {
    let write = if attributes & READ_ONLY == 0 { b'w' } else { b'-' };
    let execute = if attributes & PRIVILEGED_EXECUTE_NEVER == 0 { b'x' } else { b'-' };
    [b'r', write, execute]
}

/// The same as text, and what kind of memory it is.
pub const fn names(attributes: u64) -> (&'static str, &'static str) {
    let rights = match rights(attributes) {
        [_, b'w', b'x'] => "rwx",
        [_, b'w', _] => "rw-",
        [_, _, b'x'] => "r-x",
        _ => "r--",
    };
    let memory = match attributes >> 2 & 0b111 {
        0 => "normal",
        1 => "device",
        2 => "uncached",
        _ => "unknown",
    };
    (rights, memory)
}

/// What a page descriptor has besides its address.
pub const fn page(protection: Protection, memory: Memory) -> u64 {
    attributes(protection, memory) | PAGE
}

/// Where `address` is looked up in a table of `level`, 0 to 3.
pub const fn index(address: u64, level: u32) -> usize {
    ((address >> level_shift(level)) & 0x1ff) as usize
}

/// log2 of what one entry of a table of `level` covers.
pub const fn level_shift(level: u32) -> u32 {
    39 - 9 * level
}

impl Descriptor {
    /// Nothing is mapped.
    pub const INVALID: Self = Self(0);

    /// Points at the table at `physical`.
    pub const fn table(physical: u64) -> Self {
        Self(physical & ADDRESS | TABLE)
    }

    /// Maps what an entry of `level` (1 to 3) covers to `physical`.
    pub const fn leaf(physical: u64, level: u32, protection: Protection, memory: Memory) -> Self {
        let kind = if level == 3 { PAGE } else { BLOCK };
        Self(physical & ADDRESS | attributes(protection, memory) | kind)
    }

    /// The entry that maps the next `bytes`.
    pub const fn advanced(self, bytes: u64) -> Self {
        Self(self.0 + bytes)
    }

    /// Nothing is mapped.
    pub const fn is_invalid(self) -> bool {
        self.0 & VALID == 0
    }

    /// Whether no bit of sixteen is set.
    #[rustfmt::skip]
    pub const fn all_zero([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]: &[Self; 16]) -> bool {
        a.0 | b.0 | c.0 | d.0 | e.0 | f.0 | g.0 | h.0 | i.0 | j.0 | k.0 | l.0 | m.0 | n.0 | o.0 | p.0 == 0
    }

    /// Whether eight map, from `first` on, one `bytes` after the other.
    pub const fn continue_one_another([a, b, c, d, e, f, g, h]: &[Self; 8], first: Self, bytes: u64) -> bool {
        let x = first.0;
        let low = (a.0 ^ x) | (b.0 ^ (x + bytes)) | (c.0 ^ (x + 2 * bytes)) | (d.0 ^ (x + 3 * bytes));
        let y = x + 4 * bytes;
        let high = (e.0 ^ y) | (f.0 ^ (y + bytes)) | (g.0 ^ (y + 2 * bytes)) | (h.0 ^ (y + 3 * bytes));
        low | high == 0
    }

    /// What [`attributes`] made, of a block or page.
    pub const fn attributes(self) -> u64 {
        self.0 & !(ADDRESS | VALID | IS_TABLE)
    }

    /// What a block or page maps to.
    pub const fn target(self) -> u64 {
        self.0 & ADDRESS
    }

    /// The physical address of the next table, where an entry above level 3 points at one.
    pub const fn next_table(self) -> Option<u64> {
        if self.0 & (VALID | IS_TABLE) == VALID | IS_TABLE { Some(self.0 & ADDRESS) } else { None }
    }
}
