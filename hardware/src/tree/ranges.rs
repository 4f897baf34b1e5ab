//! `ranges` and `dma-ranges`: from one bus' addresses to the next one's, up to the CPUs'.

use super::record::{Hot, flag};
use super::reg::number;
use super::{Node, Property, TreeError};

/// Which property leads upwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chain {
    /// What CPUs reach: a bus without `ranges` hides its children.
    Registers,
    /// What devices reach: a bus without `dma-ranges` changes nothing (as Linux' `of_translate_dma_address` has it).
    Dma,
}

/// One row of `ranges` or `dma-ranges`.
#[derive(Clone, Copy)]
struct Row {
    child: u128,
    parent: u128,
    size: u128,
}

/// Bytes of the longest `ranges` or `interrupt-map` that is searched: twelve times the longest of the 344 trees for arm64 of
/// Linux 6.12. Every node below searches it again, so this times its nodes bounds what a tree costs.
pub(super) const LONGEST: usize = 16 << 10;

/// Rows of a bus' `ranges` or `dma-ranges`.
struct Rows<'t> {
    rest: &'t [u8],
    child_cells: usize,
    parent_cells: usize,
    size_cells: usize,
}

impl<'t> Rows<'t> {
    /// The rows of `property` of `bus`, whose parent is `above`.
    fn new(bus: Node<'t>, above: Node<'t>, property: Property<'t>) -> Result<Self, TreeError> {
        let rows = Self {
            rest: property.value(),
            child_cells: bus.address_cells()?,
            parent_cells: above.address_cells()?,
            size_cells: bus.size_cells()?,
        };
        let len = 4 * (rows.child_cells + rows.parent_cells + rows.size_cells);
        if len == 0 || !rows.rest.len().is_multiple_of(len) || rows.rest.len() > LONGEST {
            return Err(property.wrong_length());
        }
        Ok(rows)
    }
}

impl Iterator for Rows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let mut take = |cells: usize| {
            let (value, rest) = self.rest.split_at_checked(4 * cells)?;
            self.rest = rest;
            Some(number(value))
        };
        Some(Row { child: take(self.child_cells)?, parent: take(self.parent_cells)?, size: take(self.size_cells)? })
    }
}

/// The CPU address of an address on `node`'s bus.
pub(super) fn translate(node: Node<'_>, address: u128, chain: Chain) -> Result<u64, TreeError> {
    let (mut node, mut address) = (node, address);
    // The parent of the root's children is the CPUs' own address space. A node's parent has a lower number, so this
    // ends.
    while let Some(bus) = node.parent() {
        let Some(above) = bus.parent() else { break };
        address = up(bus, above, address, chain)?;
        node = bus;
    }
    u64::try_from(address).map_err(|_| TreeError::Overflow { at: node.at() })
}

/// The address on `above`'s bus of an address on `bus`'.
fn up(bus: Node<'_>, above: Node<'_>, address: u128, chain: Chain) -> Result<u128, TreeError> {
    let hot = match chain {
        Chain::Registers => Hot::Ranges,
        Chain::Dma => Hot::DmaRanges,
    };
    let Some(ranges) = bus.hot(hot) else {
        return if chain == Chain::Dma { Ok(address) } else { Err(TreeError::BusLocal { at: bus.at() }) };
    };
    if ranges.value().is_empty() {
        return Ok(address);
    }
    let pci = is_pci(bus);
    for row in Rows::new(bus, above, ranges)? {
        let Some(offset) = offset_in(&row, address, pci) else { continue };
        return row.parent.checked_add(offset).ok_or(TreeError::Overflow { at: ranges.at() });
    }
    Err(TreeError::OutsideRanges { at: ranges.at() })
}

/// How far into a row an address lies.
fn offset_in(row: &Row, address: u128, pci: bool) -> Option<u128> {
    let (mut child, mut address) = (row.child, address);
    if pci {
        // The first cell's bits 25:24 say the space; the rest of it (bus, device, register, prefetchable, relocatable)
        // isn't part of the address (IEEE 1275 PCI Bus Binding 2.1, 2.2.1.1).
        const SPACE: u128 = 0x0300_0000 << 64;
        if (child ^ address) & SPACE != 0 {
            return None;
        }
        child &= u128::from(u64::MAX);
        address &= u128::from(u64::MAX);
    }
    address.checked_sub(child).filter(|&offset| offset < row.size)
}

/// Whether the addresses on a bus are PCI's.
fn is_pci(bus: Node<'_>) -> bool {
    bus.record().address_cells == 3 && (bus.record().has(flag::PCI) || bus.base_name() == "pcie")
}

/// One row of a bus' `dma-ranges`: what devices below it reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DmaRange {
    /// The first address as devices on the bus put it out.
    pub bus: u128,
    /// The CPU address of the same byte.
    pub cpu: u64,
    /// Bytes.
    pub size: u64,
}

/// A bus' `dma-ranges`.
pub struct DmaRanges<'t> {
    bus: Node<'t>,
    rows: Option<Result<Rows<'t>, TreeError>>,
}

impl<'t> Node<'t> {
    /// The rows of its `dma-ranges`, CPU addresses worked out. None where the property is absent or empty: addresses
    /// stay as they are.
    pub fn dma_ranges(self) -> DmaRanges<'t> {
        let rows = self.parent().zip(self.hot(Hot::DmaRanges)).map(|(above, ranges)| Rows::new(self, above, ranges));
        let empty = self.hot(Hot::DmaRanges).is_none_or(|ranges| ranges.value().is_empty());
        DmaRanges { bus: self, rows: rows.filter(|_| !empty) }
    }

    /// The CPU address that a device at this node means by `bus` when it does DMA.
    pub fn translate_dma(self, bus: u128) -> Result<u64, TreeError> {
        translate(self, bus, Chain::Dma)
    }
}

impl Iterator for DmaRanges<'_> {
    type Item = Result<DmaRange, TreeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = match self.rows.as_mut()? {
            Ok(rows) => rows.next()?,
            Err(error) => {
                let error = *error;
                self.rows = None;
                return Some(Err(error));
            }
        };
        let cpu = translate(self.bus, row.parent, Chain::Dma);
        let size = u64::try_from(row.size).map_err(|_| TreeError::Overflow { at: self.bus.at() });
        Some(cpu.and_then(|cpu| Ok(DmaRange { bus: row.child, cpu, size: size? })))
    }
}
