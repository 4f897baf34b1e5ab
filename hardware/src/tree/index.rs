//! The one pass over the structure block that fills in the records.
//!
//! `fdt` can't do it: its token parser takes a strings block that only the crate itself can make, and its node walk reads each
//! subtree once per level. Five tokens are few enough to read here; all other modules trust what this one has checked.

use super::header::Blocks;
use super::names::{Kind, Names};
use super::record::{BAD_CELLS, Hot, NONE, Record, flag};
use super::{MAX_DEPTH, MAX_NODES, TreeError, gic, nexus};

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
    let mut walk = Walk::new(blocks, records);
    while walk.step()? {}
    let need = walk.nodes;
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
    /// The innermost open node, as long as its properties come.
    current: Option<Record>,
    /// The next word of the structure block.
    next: usize,
}

impl<'w, 'a> Walk<'w, 'a> {
    fn new(blocks: &'w Blocks<'a>, records: &'w mut [Record]) -> Self {
        Self {
            blocks,
            names: Names::new(blocks.strings),
            records,
            nodes: 0,
            open: [Level { node: NONE, enabled: true }; MAX_DEPTH],
            depth: 0,
            current: None,
            next: 0,
        }
    }

    /// Takes one token; false after the last.
    #[inline(always)]
    fn step(&mut self) -> Result<bool, TreeError> {
        let start = self.next;
        match self.word()? {
            token::PROP => self.property(start)?,
            token::BEGIN_NODE => self.begin(start)?,
            token::END_NODE => self.end(start)?,
            token::NOP => {}
            token::END if self.depth == 0 && self.nodes > 0 => return Ok(false),
            token::END => return Err(self.structure(start, "the tree ends inside a node")),
            found => return Err(TreeError::Token { at: self.at(start), found }),
        }
        Ok(true)
    }

    #[inline(always)]
    fn word(&mut self) -> Result<u32, TreeError> {
        let word = self.blocks.structs.get(self.next).ok_or_else(|| self.cut())?;
        self.next += 1;
        Ok(u32::from_be_bytes(*word))
    }

    #[inline(always)]
    fn property(&mut self, start: usize) -> Result<(), TreeError> {
        let len = self.word()?;
        let name = self.word()?;
        let value = self.next;
        self.next = value + (len as usize).div_ceil(4);
        if self.next > self.blocks.structs.len() {
            return Err(self.cut());
        }
        let kind = self.names.kind(name).ok_or_else(|| TreeError::PropertyName { at: self.at(start) })?;
        let Some(current) = self.current.as_mut() else {
            return Err(self.structure(start, "a property outside a node or after a child"));
        };
        match kind {
            Kind::Other => {}
            Kind::Hot(hot) => {
                let place = u16::try_from(start + 1 - current.name as usize)
                    .map_err(|_| TreeError::NodeTooLong { at: self.blocks.at(start) })?;
                // Of a repeated property the first counts, as it does to libfdt.
                let slot = &mut current.hot[hot as usize];
                if *slot == 0 {
                    *slot = place;
                    if hot == Hot::Status && !matches!(self.blocks.value(value, len), b"okay\0" | b"ok\0") {
                        current.flags &= !flag::OWN_OKAY;
                    }
                }
            }
            kind => scalar(current, kind, self.blocks.value(value, len)),
        }
        Ok(())
    }

    fn begin(&mut self, start: usize) -> Result<(), TreeError> {
        if self.depth == 0 && self.nodes > 0 {
            return Err(self.structure(start, "a second root"));
        }
        self.finish_properties();
        let name = self.next;
        let name_len = self.node_name()?;
        let parent = self.depth.checked_sub(1).and_then(|above| self.open.get(above));
        let mut record = Record {
            name: name as u32,
            name_len,
            depth: self.depth as u8,
            parent: parent.map_or(NONE, |level| level.node),
            ..Record::EMPTY
        };
        if parent.is_none_or(|level| level.enabled) {
            record.flags |= flag::ENABLED;
        }
        if self.nodes >= MAX_NODES {
            return Err(TreeError::TooManyNodes { at: self.at(start) });
        }
        let too_deep = TreeError::TooDeep { at: self.at(start) };
        let level = self.open.get_mut(self.depth).ok_or(too_deep)?;
        *level = Level { node: self.nodes as u16, enabled: true };
        self.depth += 1;
        self.nodes += 1;
        self.current = Some(record);
        Ok(())
    }

    fn end(&mut self, start: usize) -> Result<(), TreeError> {
        self.finish_properties();
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

    /// Stores the current node's record, now that all its properties are known.
    fn finish_properties(&mut self) {
        let Some(mut record) = self.current.take() else { return };
        let Some(level) = self.depth.checked_sub(1).and_then(|top| self.open.get_mut(top)) else { return };
        if !record.has(flag::OWN_OKAY) {
            record.flags &= !flag::ENABLED;
        }
        level.enabled = record.has(flag::ENABLED);
        if record.has(flag::CONTROLLER) {
            record.flags |= controller_flags(self.blocks.hot(&record, Hot::Compatible));
        }
        if let Some(slot) = self.records.get_mut(usize::from(level.node)) {
            *slot = record;
        }
    }

    /// Steps over a node's name; its length.
    fn node_name(&mut self) -> Result<u8, TreeError> {
        let malformed = TreeError::NodeName { at: self.at(self.next) };
        let bytes = self.blocks.structs.get(self.next..).unwrap_or_default().as_flattened();
        let len = bytes.iter().position(|&byte| !byte.is_ascii_graphic() || byte == b'/').ok_or(malformed)?;
        // Only the root has no name, and only its isn't part of a path.
        if bytes.get(len) != Some(&0) || (len == 0) != (self.depth == 0) {
            return Err(malformed);
        }
        self.next += len / 4 + 1;
        u8::try_from(len).map_err(|_| malformed)
    }

    fn at(&self, word: usize) -> u32 {
        self.blocks.at(word)
    }

    #[cold]
    fn structure(&self, word: usize, problem: &'static str) -> TreeError {
        TreeError::Structure { at: self.at(word), problem }
    }

    #[cold]
    fn cut(&self) -> TreeError {
        self.structure(self.blocks.structs.len(), "the structure block stops")
    }
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
