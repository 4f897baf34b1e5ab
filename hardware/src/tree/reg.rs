//! `reg`: register windows as the bus numbers them and as CPUs see them.

use super::ranges::{Chain, translate};
use super::record::Hot;
use super::{Node, TreeError};
use crate::board::Window;

/// One entry of `reg`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reg {
    /// The address as the node's own bus has it: an I2C address, a CPU's affinity, a PCI address with its space bits, …
    pub bus: u128,
    /// Bytes; 0 on buses without sizes.
    pub size: u64,
    /// The address at which CPUs reach it; `None` where they can't, because a bus above has no `ranges` or none that fits.
    pub cpu: Option<u64>,
}

/// A node's `reg` entries.
#[derive(Debug, Clone)]
pub struct Regs<'t> {
    node: Node<'t>,
    rest: &'t [u8],
    index: usize,
}

impl<'t> Node<'t> {
    /// Its `reg` entries, CPU addresses worked out. None where it has no `reg`; ends after the first error.
    pub fn regs(self) -> Regs<'t> {
        Regs { node: self, rest: self.reg_bytes(), index: 0 }
    }

    /// The `index`th register window in CPU addresses; the error says why there is none.
    pub fn cpu_window(self, index: usize) -> Result<Window, TreeError> {
        let mut entries = Regs { node: self, rest: self.reg_bytes(), index: 0 };
        for _ in 0..index {
            entries.next_raw().ok_or(self.no_entry("reg", index))??;
        }
        let (bus, size) = entries.next_raw().ok_or(self.no_entry("reg", index))??;
        let base = self.translate(bus)?;
        // A window may end with the last byte of the address space, not wrap around it.
        match size.checked_sub(1).map(|last| base.checked_add(last)) {
            Some(None) => Err(self.overflow()),
            _ => Ok(Window { base, size }),
        }
    }

    /// The CPU address of an address on this node's bus.
    pub fn translate(self, bus: u128) -> Result<u64, TreeError> {
        translate(self, bus, Chain::Registers)
    }

    /// The bytes of `reg`.
    pub(super) fn reg_bytes(self) -> &'t [u8] {
        self.tree.blocks.hot(self.record(), Hot::Reg)
    }

    fn overflow(self) -> TreeError {
        TreeError::Overflow { at: self.hot(Hot::Reg).map_or(self.at(), |reg| reg.at()) }
    }
}

impl Regs<'_> {
    /// Address on the bus and size.
    pub(super) fn next_raw(&mut self) -> Option<Result<(u128, u64), TreeError>> {
        if self.rest.is_empty() {
            return None;
        }
        let entry = self.read();
        if entry.is_err() {
            self.rest = &[];
        }
        self.index += 1;
        Some(entry)
    }

    fn read(&mut self) -> Result<(u128, u64), TreeError> {
        let bus =
            self.node.parent().ok_or(TreeError::Structure { at: self.node.at(), problem: "the root has a reg" })?;
        let (address_cells, size_cells) = (bus.address_cells()?, bus.size_cells()?);
        if address_cells == 0 {
            return Err(bus.bad_cells("#address-cells"));
        }
        let wrong_length =
            || self.node.hot(Hot::Reg).map_or(TreeError::BusLocal { at: self.node.at() }, |reg| reg.wrong_length());
        let (address, rest) = self.rest.split_at_checked(4 * address_cells).ok_or_else(wrong_length)?;
        let (size, rest) = rest.split_at_checked(4 * size_cells).ok_or_else(wrong_length)?;
        let size = u64::try_from(number(size)).map_err(|_| self.node.overflow())?;
        self.rest = rest;
        Ok((number(address), size))
    }
}

impl Iterator for Regs<'_> {
    type Item = Result<Reg, TreeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.next_raw()?;
        let node = self.node;
        Some(entry.and_then(|(bus, size)| match node.translate(bus) {
            Ok(cpu) => Ok(Reg { bus, size, cpu: Some(cpu) }),
            Err(TreeError::BusLocal { .. } | TreeError::OutsideRanges { .. }) => Ok(Reg { bus, size, cpu: None }),
            Err(error) => Err(error),
        }))
    }
}

/// Big-endian cells, at most four of them.
pub(super) fn number(cells: &[u8]) -> u128 {
    match *cells {
        [] => 0,
        [a, b, c, d] => u32::from_be_bytes([a, b, c, d]).into(),
        [a, b, c, d, e, f, g, h] => u64::from_be_bytes([a, b, c, d, e, f, g, h]).into(),
        _ => cells.iter().fold(0, |value, &byte| value << 8 | u128::from(byte)),
    }
}
