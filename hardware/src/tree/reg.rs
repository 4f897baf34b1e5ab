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
    /// The address at which CPUs reach it; `None` where they can't, because a bus above has no `ranges` or none that
    /// fits.
    pub cpu: Option<u64>,
}

/// A node's `reg` entries.
#[derive(Debug, Clone)]
pub struct Regs<'t> {
    node: Node<'t>,
    /// The next entry; `None` after an error.
    next: Option<usize>,
}

/// Address and size of an entry, as cells.
type Entry<'t> = (&'t [u8], &'t [u8]);

impl<'t> Node<'t> {
    /// Its `reg` entries, CPU addresses worked out. None where it has no `reg`; ends after the first error.
    pub fn regs(self) -> Regs<'t> {
        Regs { node: self, next: Some(0) }
    }

    /// The `index`th register window in CPU addresses; the error says why there is none.
    pub fn cpu_window(self, index: usize) -> Result<Window, TreeError> {
        let Some((address, size)) = self.reg_entry(index)? else { return Err(self.no_entry("reg", index)) };
        let base = self.translate(number(address))?;
        let size = self.size(size)?;
        // A window may end with the last byte of the address space, not wrap around it.
        match base.checked_add(size.saturating_sub(1)) {
            None => Err(self.overflow()),
            Some(_) => Ok(Window { base, size }),
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

    /// The `index`th entry of `reg`; `Ok(None)` behind the last.
    fn reg_entry(self, index: usize) -> Result<Option<Entry<'t>>, TreeError> {
        let Some((reg, bus)) = self.hot(Hot::Reg).zip(self.parent()) else { return Ok(None) };
        let (address, size) = (4 * bus.address_cells()?, 4 * bus.size_cells()?);
        if address == 0 {
            return Err(bus.bad_cells("#address-cells"));
        }
        let rest = index.checked_mul(address + size).and_then(|start| reg.value().get(start..));
        let Some(rest) = rest.filter(|rest| !rest.is_empty()) else { return Ok(None) };
        match rest.split_at_checked(address) {
            Some((address, rest)) if rest.len() >= size => Ok(Some((address, rest.get(..size).unwrap_or_default()))),
            _ => Err(reg.wrong_length()),
        }
    }

    fn size(self, cells: &[u8]) -> Result<u64, TreeError> {
        u64::try_from(number(cells)).map_err(|_| self.overflow())
    }

    #[cold]
    fn overflow(self) -> TreeError {
        TreeError::Overflow { at: self.hot(Hot::Reg).map_or(self.at(), |reg| reg.at()) }
    }
}

impl Regs<'_> {
    /// Address on the bus and size.
    pub(super) fn next_raw(&mut self) -> Option<Result<(u128, u64), TreeError>> {
        let index = self.next?;
        let entry = self.node.reg_entry(index).transpose()?;
        let entry = entry.and_then(|(address, size)| Ok((number(address), self.node.size(size)?)));
        // Cells without a meaning are an error for every entry, so the first error is the last answer.
        self.next = index.checked_add(1).filter(|_| entry.is_ok());
        Some(entry)
    }
}

impl Iterator for Regs<'_> {
    type Item = Result<Reg, TreeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.next_raw()?;
        let node = self.node;
        let reg = entry.and_then(|(bus, size)| match node.translate(bus) {
            Ok(cpu) => Ok(Reg { bus, size, cpu: Some(cpu) }),
            Err(TreeError::BusLocal { .. } | TreeError::OutsideRanges { .. }) => Ok(Reg { bus, size, cpu: None }),
            Err(error) => Err(error),
        });
        if reg.is_err() {
            self.next = None;
        }
        Some(reg)
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
