//! The one pass over the structure block that fills in the records.
//!
//! `fdt` can't do it: its token parser takes a strings block that only the crate itself can make, and its node walk
//! reads each subtree once per level. Five tokens are few enough to read here; all other modules trust what this one
//! has checked.

use super::header::Blocks;
use super::names::{Kind, Names};
use super::record::{BAD_CELLS, Hot, NONE, Record, flag};
use super::{MAX_DEPTH, MAX_NODES, TreeError, gic, nexus, text};

/// Tokens of the structure block (the Devicetree Specification, v0.4, 5.4.1).
mod token {
    pub(super) const BEGIN_NODE: u32 = 1;
    pub(super) const END_NODE: u32 = 2;
    pub(super) const PROP: u32 = 3;
    pub(super) const NOP: u32 = 4;
    pub(super) const END: u32 = 9;
}

/// Fills in `records` from the front; how many there are.
pub(super) fn build(blocks: &Blocks<'_>, records: &mut [Record]) -> Result<usize, TreeError> {
    let have = records.len();
    let need = Walk::new(blocks, records).run()?;
    let records = records.get_mut(..need).ok_or(TreeError::Records { have, need })?;
    link_phandles(blocks, records)?;
    Ok(need)
}

/// A node that isn't finished.
#[derive(Clone, Copy)]
struct Level {
    node: u16,
    enabled: bool,
}

struct Walk<'w, 'a> {
    blocks: &'w Blocks<'a>,
    names: Names<'a>,
    records: &'w mut [Record],
    /// Nodes begun, with or without a record for them.
    nodes: usize,
    open: [Level; MAX_DEPTH],
    depth: usize,
    /// Stands in for the records that the caller has no room for, so that all nodes get counted.
    spare: Record,
}

impl<'w, 'a> Walk<'w, 'a> {
    fn new(blocks: &'w Blocks<'a>, records: &'w mut [Record]) -> Self {
        let open = [Level { node: NONE, enabled: true }; MAX_DEPTH];
        Self { blocks, names: Names::new(blocks.strings), records, nodes: 0, open, depth: 0, spare: Record::EMPTY }
    }

    /// Reads all tokens; how many nodes there are.
    fn run(mut self) -> Result<usize, TreeError> {
        let mut next = 0;
        loop {
            let start = next;
            let word = self.blocks.structs.get(next).ok_or_else(|| self.blocks.cut())?;
            next += 1;
            match u32::from_be_bytes(*word) {
                token::BEGIN_NODE => next = self.begin(start)?,
                token::END_NODE => self.end(start)?,
                token::NOP => {}
                token::END if self.depth == 0 && self.nodes > 0 => return Ok(self.nodes),
                token::END => return Err(self.structure(start, "the tree ends inside a node")),
                token::PROP => return Err(self.structure(start, "a property outside a node or after a child")),
                found => return Err(TreeError::Token { at: self.at(start), found }),
            }
        }
    }

    /// Reads a node's name and properties; the word after them.
    fn begin(&mut self, start: usize) -> Result<usize, TreeError> {
        if self.depth == 0 && self.nodes > 0 {
            return Err(self.structure(start, "a second root"));
        }
        if self.nodes >= MAX_NODES {
            return Err(TreeError::TooManyNodes { at: self.at(start) });
        }
        let above = self.depth.checked_sub(1).and_then(|above| self.open.get(above).copied());
        let above = above.unwrap_or(Level { node: NONE, enabled: true });
        let name = start + 1;
        let name_len = self.node_name(name)?;
        let too_deep = TreeError::TooDeep { at: self.at(start) };
        let level = self.open.get_mut(self.depth).ok_or(too_deep)?;
        // In place: a record is too large to be copied in a few instructions.
        let record = match self.records.get_mut(self.nodes) {
            Some(record) => record,
            None => &mut self.spare,
        };
        record.begin(name as u32, name_len, self.depth as u8, above.node);
        let next = properties(self.blocks, &mut self.names, record, name + usize::from(name_len) / 4 + 1)?;
        let enabled = above.enabled && record.has(flag::OWN_OKAY);
        if enabled {
            record.flags |= flag::ENABLED;
        }
        if record.has(flag::CONTROLLER) {
            record.flags |= controller_flags(self.blocks.hot(record, Hot::Compatible));
        }
        *level = Level { node: self.nodes as u16, enabled };
        self.depth += 1;
        self.nodes += 1;
        Ok(next)
    }

    fn end(&mut self, start: usize) -> Result<(), TreeError> {
        let Some(depth) = self.depth.checked_sub(1) else {
            return Err(self.structure(start, "the end of a node that never began"));
        };
        self.depth = depth;
        let node = self.open.get(depth).map_or(NONE, |level| level.node);
        if let Some(record) = self.records.get_mut(usize::from(node)) {
            record.end = self.nodes as u16;
        }
        Ok(())
    }

    /// The length of the node name that starts at a word.
    #[inline(always)]
    fn node_name(&self, first: usize) -> Result<u8, TreeError> {
        let name = self.blocks.structs.get(first..).unwrap_or_default();
        let len = text::graphic_len(name);
        // Only the root has no name, and only its isn't part of a path.
        match len.and_then(|len| u8::try_from(len).ok()) {
            Some(len) if (len == 0) == (self.depth == 0) => Ok(len),
            _ => Err(TreeError::NodeName { at: self.at(first) }),
        }
    }

    fn at(&self, word: usize) -> u32 {
        self.blocks.at(word)
    }

    #[cold]
    fn structure(&self, word: usize, problem: &'static str) -> TreeError {
        TreeError::Structure { at: self.at(word), problem }
    }
}

/// Reads the properties that start at a word; the word of the first other token.
///
/// This loop is most of what opening a tree costs.
#[inline(always)]
fn properties(
    blocks: &Blocks<'_>,
    names: &mut Names<'_>,
    record: &mut Record,
    first: usize,
) -> Result<usize, TreeError> {
    let structs = blocks.structs;
    let mut next = first;
    loop {
        let Some(word) = structs.get(next) else { return Err(blocks.cut()) };
        match u32::from_be_bytes(*word) {
            token::PROP => {}
            token::NOP => {
                next += 1;
                continue;
            }
            _ => return Ok(next),
        }
        let start = next;
        let Some([len, name]) = structs.get(start + 1..).and_then(<[_]>::first_chunk) else {
            return Err(blocks.cut());
        };
        let len = u32::from_be_bytes(*len);
        next = start + 3 + len.div_ceil(4) as usize;
        if next > structs.len() {
            return Err(blocks.cut());
        }
        match names.kind(u32::from_be_bytes(*name)) {
            Some(Kind::Other) => {}
            Some(Kind::Hot(hot)) => note(blocks, record, hot, start, len)?,
            Some(kind) => scalar(record, kind, blocks.value(start + 3, len)),
            None => return Err(TreeError::PropertyName { at: blocks.at(start) }),
        }
    }
}

/// Notes where a hot property is. Of a repeated property the first counts, as it does to libfdt.
#[inline(always)]
fn note(blocks: &Blocks<'_>, record: &mut Record, hot: Hot, start: usize, len: u32) -> Result<(), TreeError> {
    let place = start + 1 - record.name as usize;
    let slot = &mut record.hot[hot as usize];
    if *slot != 0 {
        return Ok(());
    }
    *slot = u16::try_from(place).map_err(|_| TreeError::NodeTooLong { at: blocks.at(start) })?;
    if hot == Hot::Status && !matches!(blocks.value(start + 3, len), b"okay\0" | b"ok\0") {
        record.flags &= !flag::OWN_OKAY;
    }
    Ok(())
}

/// What a controller's `compatible` says about its interrupts.
fn controller_flags(compatible: &[u8]) -> u16 {
    let mut flags = 0;
    for name in compatible.split(|&byte| byte == 0) {
        if gic::COMPATIBLE.contains(&name) {
            flags |= flag::GIC;
        }
        if nexus::PRIVATE_MAPS.contains(&name) {
            flags |= flag::PRIVATE_MAP;
        }
    }
    flags
}

/// Takes in a property whose value the record itself holds.
fn scalar(record: &mut Record, kind: Kind, value: &[u8]) {
    match kind {
        Kind::AddressCells => {
            record.flags |= flag::ADDRESS_CELLS;
            record.address_cells = cells(value);
        }
        Kind::SizeCells => record.size_cells = cells(value),
        Kind::InterruptCells => {
            record.flags |= flag::INTERRUPT_CELLS;
            record.interrupt_cells = cells(value);
        }
        // 0 and -1 are no phandles (v0.4, 2.3.3).
        Kind::Phandle => match number(value) {
            Some(phandle) if phandle != 0 && phandle != u32::MAX => record.phandle = phandle,
            _ => {}
        },
        Kind::InterruptController => record.flags |= flag::CONTROLLER,
        Kind::DeviceType => {
            record.flags |= match value {
                b"memory\0" => flag::MEMORY,
                b"cpu\0" => flag::CPU,
                b"pci\0" | b"pciex\0" => flag::PCI,
                _ => 0,
            }
        }
        Kind::Other | Kind::Hot(_) => {}
    }
}

fn cells(value: &[u8]) -> u8 {
    number(value).and_then(|cells| u8::try_from(cells).ok()).unwrap_or(BAD_CELLS)
}

fn number(value: &[u8]) -> Option<u32> {
    value.try_into().ok().map(u32::from_be_bytes)
}

/// Chains the nodes with a phandle into buckets, one per record.
fn link_phandles(blocks: &Blocks<'_>, records: &mut [Record]) -> Result<(), TreeError> {
    for node in 0..records.len() {
        let Some(&Record { phandle, name, .. }) = records.get(node) else { break };
        if phandle == 0 {
            continue;
        }
        if phandle_owner(records, phandle).is_some() {
            return Err(TreeError::DuplicatePhandle { at: blocks.at(name as usize), phandle });
        }
        let hash = bucket(phandle, records.len());
        let Some(head) = records.get_mut(hash) else { break };
        let chain = core::mem::replace(&mut head.bucket, node as u16);
        if let Some(record) = records.get_mut(node) {
            record.chain = chain;
        }
    }
    Ok(())
}

/// The node whose phandle it is.
pub(super) fn phandle_owner(records: &[Record], phandle: u32) -> Option<u16> {
    let mut node = records.get(bucket(phandle, records.len()))?.bucket;
    // A chain has each node once at most, so this ends.
    while let Some(record) = records.get(usize::from(node)) {
        if record.phandle == phandle {
            return Some(node);
        }
        node = record.chain;
    }
    None
}

/// Producers count phandles up, so the remainder spreads them evenly.
fn bucket(phandle: u32, buckets: usize) -> usize {
    (phandle as usize).checked_rem(buckets).unwrap_or(0)
}

impl<'a> Blocks<'a> {
    /// The byte of the blob at which a word of the structure block stands.
    pub(super) fn at(&self, word: usize) -> u32 {
        self.structs_at.wrapping_add((word as u32).wrapping_mul(4))
    }

    /// The error that says there should be more of it.
    #[cold]
    fn cut(&self) -> TreeError {
        TreeError::Structure { at: self.at(self.structs.len()), problem: "the structure block stops" }
    }

    /// `len` bytes from a word of the structure block on.
    pub(super) fn value(&self, word: usize, len: u32) -> &'a [u8] {
        let bytes = self.structs.get(word..).unwrap_or_default().as_flattened();
        bytes.get(..len as usize).unwrap_or_default()
    }

    /// A word of the structure block.
    pub(super) fn word(&self, word: usize) -> u32 {
        self.structs.get(word).map_or(0, |word| u32::from_be_bytes(*word))
    }

    /// Where a node's hot property has its length word; `None` where it has no such property.
    pub(super) fn hot_word(&self, record: &Record, hot: Hot) -> Option<usize> {
        match record.hot[hot as usize] {
            0 => None,
            place => Some(record.name as usize + usize::from(place)),
        }
    }

    /// A hot property's value; empty where it's absent.
    pub(super) fn hot(&self, record: &Record, hot: Hot) -> &'a [u8] {
        self.hot_word(record, hot).map_or(&[], |word| self.value(word + 2, self.word(word)))
    }
}
