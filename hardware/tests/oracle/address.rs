//! Addresses as vectors of cells, moved up one bus at a time.

use super::Oracle;

/// A `reg` entry.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reg {
    pub(crate) bus: u128,
    pub(crate) size: u64,
    pub(crate) cpu: Option<u64>,
}

impl Oracle {
    /// The `reg` entries of a node; an entry that has no meaning is an `Err` and the last.
    pub(crate) fn regs(&self, node: usize) -> Vec<Result<Reg, ()>> {
        let (Some(bus), Some(value)) = (self.nodes[node].parent, self.property(node, "reg")) else { return vec![] };
        let (address, size) = (self.address_cells(bus), self.size_cells(bus));
        if value.is_empty() {
            return vec![];
        }
        let Some(cells) = self.cells(node, "reg").filter(|_| (1..=4).contains(&address) && size <= 4) else {
            return vec![Err(())];
        };
        let entry = |entry: &[u32]| {
            let (bus_address, size) = entry.split_at_checked(address).ok_or(())?;
            if size.len() < self.size_cells(bus) {
                return Err(());
            }
            let size = u64::try_from(big(size)).map_err(|_| ())?;
            Ok(Reg { bus: big(bus_address), size, cpu: self.to_cpu(bus, bus_address.to_vec()) })
        };
        cells.chunks(address + size).map(entry).collect()
    }

    /// The CPU address of an address on `bus`.
    fn to_cpu(&self, bus: usize, address: Vec<u32>) -> Option<u64> {
        let Some(above) = self.nodes[bus].parent else { return big(&address).try_into().ok() };
        let ranges = self.cells(bus, "ranges")?;
        if ranges.is_empty() {
            return self.to_cpu(above, address);
        }
        let (child, parent, size) = (self.address_cells(bus), self.address_cells(above), self.size_cells(bus));
        let row = ranges.chunks_exact(child + parent + size).find_map(|row| {
            let offset = self.offset(bus, &address, &row[..child])?;
            (offset < big(&row[child + parent..])).then(|| add(&row[child..child + parent], offset))
        });
        self.to_cpu(above, row?)
    }

    /// How far an address is behind the start of a range.
    fn offset(&self, bus: usize, address: &[u32], start: &[u32]) -> Option<u128> {
        let name = self.nodes[bus].path.rsplit('/').next().unwrap();
        let pci = matches!(self.property(bus, "device_type"), Some(b"pci\0" | b"pciex\0"))
            || name == "pcie"
            || name.starts_with("pcie@");
        let (address, start) = match (address, start) {
            ([space, address @ ..], [start_space, start @ ..]) if pci && address.len() == 2 => {
                let same_space = space >> 24 & 3 == start_space >> 24 & 3;
                same_space.then_some((address, start))?
            }
            plain => plain,
        };
        big(address).checked_sub(big(start))
    }

    fn address_cells(&self, bus: usize) -> usize {
        self.number(bus, "#address-cells").unwrap_or(2)
    }

    fn size_cells(&self, bus: usize) -> usize {
        self.number(bus, "#size-cells").unwrap_or(1)
    }
}

/// Cells as one number.
fn big(cells: &[u32]) -> u128 {
    cells.iter().fold(0, |number, &cell| number * 0x1_0000_0000 + u128::from(cell))
}

/// Cells plus an offset, as the same number of cells.
fn add(cells: &[u32], offset: u128) -> Vec<u32> {
    let sum = big(cells) + offset;
    (0..cells.len()).rev().map(|cell| (sum >> (32 * cell)) as u32).collect()
}
