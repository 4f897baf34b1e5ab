//! Interrupt nexuses: nodes whose `interrupt-map` hands interrupts on (v0.4, 2.4.3).

use super::interrupt::{MAX_SPECIFIER, Specifier};
use super::record::{Hot, flag};
use super::{Node, Property, TreeError};

/// Controllers that read their `interrupt-map` themselves, by rules of their own (Linux, drivers/of/irq.c, `of_irq_imap_abusers`).
pub(super) const PRIVATE_MAPS: [&[u8]; 4] =
    [b"fsl,ls1021a-extirq", b"fsl,ls1043a-extirq", b"fsl,ls1088a-extirq", b"renesas,rza1-irqc"];

const MAX_ADDRESS: usize = 4;

/// What a nexus looks up: the unit address and the specifier, as bytes.
struct Key {
    bytes: [u8; 4 * (MAX_ADDRESS + MAX_SPECIFIER)],
    address_cells: usize,
    len: usize,
}

/// Follows an interrupt of `device` from `parent` through all nexuses to the controller that takes it.
pub(super) fn follow<'t>(
    device: Node<'t>,
    mut parent: Node<'t>,
    mut specifier: Specifier,
    max_hops: usize,
) -> Result<(Node<'t>, Specifier), TreeError> {
    // The unit address that the next nexus sees: first the device's, then what the map's row says.
    let mut address = None;
    for _ in 0..max_hops {
        let map = match parent.hot(Hot::InterruptMap) {
            Some(_) if parent.record().has(flag::PRIVATE_MAP) => return Ok((parent, specifier)),
            Some(map) => map,
            None if parent.is_interrupt_controller() => return Ok((parent, specifier)),
            // Neither controller nor map: the specifier goes on as it is.
            None => {
                parent = parent.interrupt_parent()?;
                continue;
            }
        };
        let address_cells = match address {
            None => nexus_address_cells(parent)?,
            Some(Unit { cells, .. }) => cells,
        };
        let unit = match address {
            None => device.reg_bytes(),
            Some(Unit { bytes, .. }) => bytes,
        };
        let key =
            Key::new(unit, address_cells, &specifier).ok_or(TreeError::Missing { at: device.at(), name: "reg" })?;
        match look_up(parent, map, &key)? {
            Some(row) => {
                specifier = row.specifier;
                address = Some(row.unit);
                if row.parent == parent {
                    return Ok((parent, specifier));
                }
                parent = row.parent;
            }
            // A controller whose map doesn't mention an interrupt takes it itself, as in Linux.
            None if parent.is_interrupt_controller() => return Ok((parent, specifier)),
            None => return Err(TreeError::NoMapRow { at: map.at() }),
        }
    }
    Err(TreeError::Circle { at: device.at() })
}

/// A unit address in a row of a map.
#[derive(Clone, Copy)]
struct Unit<'t> {
    bytes: &'t [u8],
    cells: usize,
}

/// A row's right side.
struct Row<'t> {
    parent: Node<'t>,
    unit: Unit<'t>,
    specifier: Specifier,
}

/// The row of `map` that fits `key`.
fn look_up<'t>(nexus: Node<'t>, map: Property<'t>, key: &Key) -> Result<Option<Row<'t>>, TreeError> {
    let mask = nexus.property("interrupt-map-mask").map(Property::value);
    if mask.is_some_and(|mask| mask.len() < key.len) {
        return Err(nexus.property("interrupt-map-mask").unwrap_or(map).wrong_length());
    }
    let mut rest = map.value();
    while !rest.is_empty() {
        let cut = || map.wrong_length();
        let (child, tail) = rest.split_at_checked(key.len).ok_or_else(cut)?;
        let (phandle, tail) = tail.split_first_chunk().ok_or_else(cut)?;
        let parent = nexus.referred(map, u32::from_be_bytes(*phandle))?;
        let cells = parent_address_cells(parent)?;
        let (bytes, tail) = tail.split_at_checked(4 * cells).ok_or_else(cut)?;
        let (specifier, tail) = tail.split_at_checked(4 * parent.interrupt_cells()?).ok_or_else(cut)?;
        rest = tail;
        // Linux skips rows to controllers that are switched off.
        if key.fits(child, mask) && parent.record().has(flag::OWN_OKAY) {
            let specifier = Specifier::read(specifier).ok_or_else(cut)?;
            return Ok(Some(Row { parent, unit: Unit { bytes, cells }, specifier }));
        }
    }
    Ok(None)
}

impl Key {
    fn new(unit: &[u8], address_cells: usize, specifier: &Specifier) -> Option<Self> {
        let mut key = Self { bytes: [0; _], address_cells, len: 4 * (address_cells + specifier.as_slice().len()) };
        let (address, rest) = key.bytes.split_at_mut_checked(4 * key.address_cells)?;
        address.copy_from_slice(unit.get(..4 * key.address_cells)?);
        for (cell, value) in rest.as_chunks_mut().0.iter_mut().zip(specifier.as_slice()) {
            *cell = value.to_be_bytes();
        }
        Some(key)
    }

    /// Whether a row's left side is this key where `mask` has ones.
    fn fits(&self, row: &[u8], mask: Option<&[u8]>) -> bool {
        let key = self.bytes.get(..self.len).unwrap_or_default();
        match mask {
            None => key == row,
            Some(mask) => key.iter().zip(row).zip(mask).all(|((key, row), mask)| (key ^ row) & mask == 0),
        }
    }
}

/// The cells of a unit address that a first nexus looks up: its `#address-cells`, else that of the nearest node above that has one
/// (as Linux has it, because old trees rely on it).
fn nexus_address_cells(nexus: Node<'_>) -> Result<usize, TreeError> {
    let mut node = nexus;
    while !node.record().has(flag::ADDRESS_CELLS) {
        let Some(above) = node.parent() else { break };
        node = above;
    }
    node.address_cells()
}

/// The cells of the unit address in a map's row: the parent's own `#address-cells`, else none.
fn parent_address_cells(parent: Node<'_>) -> Result<usize, TreeError> {
    if parent.record().has(flag::ADDRESS_CELLS) { parent.address_cells() } else { Ok(0) }
}
