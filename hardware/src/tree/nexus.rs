//! Interrupt nexuses: nodes whose `interrupt-map` hands interrupts on (v0.4, 2.4.3).

use super::interrupt::Specifier;
use super::ranges::LONGEST;
use super::record::{Hot, flag};
use super::{Node, Property, TreeError};

/// Controllers that read their `interrupt-map` themselves, by rules of their own (Linux, drivers/of/irq.c,
/// `of_irq_imap_abusers`).
pub(super) const PRIVATE_MAPS: [&[u8]; 4] =
    [b"fsl,ls1021a-extirq", b"fsl,ls1043a-extirq", b"fsl,ls1088a-extirq", b"renesas,rza1-irqc"];

/// Follows an interrupt of `device` from `parent` through all nexuses to the controller that takes it.
pub(super) fn follow<'t>(
    device: Node<'t>,
    mut parent: Node<'t>,
    mut specifier: Specifier<'t>,
    max_hops: usize,
) -> Result<(Node<'t>, Specifier<'t>), TreeError> {
    // The unit address that the next nexus sees: first the device's, then what the map's row says.
    let mut unit: Option<&[u8]> = None;
    for _ in 0..max_hops {
        let record = parent.record();
        let map = match parent.hot(Hot::InterruptMap) {
            Some(map) if !record.has(flag::PRIVATE_MAP) => map,
            _ if record.has(flag::CONTROLLER) => return Ok((parent, specifier)),
            // Neither controller nor map: the specifier goes on as it is.
            _ => {
                parent = parent.interrupt_parent()?;
                continue;
            }
        };
        let key = Key {
            unit: match unit {
                Some(unit) => unit,
                None => device_unit(device, parent)?,
            },
            specifier: specifier.bytes(),
        };
        match look_up(parent, map, &key)? {
            Some(row) => {
                (specifier, unit) = (row.specifier, Some(row.unit));
                if row.parent == parent {
                    return Ok((parent, specifier));
                }
                parent = row.parent;
            }
            // A controller whose map doesn't mention an interrupt takes it itself, as in Linux.
            None if record.has(flag::CONTROLLER) => return Ok((parent, specifier)),
            None => return Err(TreeError::NoMapRow { at: map.at() }),
        }
    }
    Err(TreeError::Circle { at: device.at() })
}

/// What a nexus looks up: the left side of its rows.
struct Key<'t> {
    unit: &'t [u8],
    specifier: &'t [u8],
}

/// A row's right side.
struct Row<'t> {
    parent: Node<'t>,
    unit: &'t [u8],
    specifier: Specifier<'t>,
}

/// The row of `map` that fits `key`.
fn look_up<'t>(nexus: Node<'t>, map: Property<'t>, key: &Key<'_>) -> Result<Option<Row<'t>>, TreeError> {
    let mask = match nexus.property("interrupt-map-mask") {
        None => None,
        Some(mask) if mask.value().len() >= key.len() => Some(mask.value()),
        Some(mask) => return Err(mask.wrong_length()),
    };
    let mut rest = map.value();
    if rest.len() > LONGEST {
        return Err(map.wrong_length());
    }
    while !rest.is_empty() {
        let cut = || map.wrong_length();
        let (child, tail) = rest.split_at_checked(key.len()).ok_or_else(cut)?;
        let (phandle, tail) = tail.split_first_chunk().ok_or_else(cut)?;
        let parent = nexus.referred(map, u32::from_be_bytes(*phandle))?;
        let (unit, tail) = tail.split_at_checked(4 * parent_address_cells(parent)?).ok_or_else(cut)?;
        let (specifier, tail) = tail.split_at_checked(4 * parent.interrupt_cells()?).ok_or_else(cut)?;
        rest = tail;
        // Linux skips rows to controllers that are switched off.
        if key.fits(child, mask) && parent.record().has(flag::OWN_OKAY) {
            return Ok(Some(Row { parent, unit, specifier: Specifier::new(specifier) }));
        }
    }
    Ok(None)
}

impl Key<'_> {
    fn len(&self) -> usize {
        self.unit.len() + self.specifier.len()
    }

    /// Whether a row's left side is this key where `mask` has ones.
    fn fits(&self, row: &[u8], mask: Option<&[u8]>) -> bool {
        let key = self.unit.iter().chain(self.specifier);
        match mask {
            None => key.eq(row),
            Some(mask) => key.zip(row).zip(mask).all(|((key, row), mask)| (key ^ row) & mask == 0),
        }
    }
}

/// The device's unit address, as many cells of it as its first nexus looks up: that one's `#address-cells`, else that
/// of the nearest node above that has one (as Linux has it, because old trees rely on it).
fn device_unit<'t>(device: Node<'t>, nexus: Node<'t>) -> Result<&'t [u8], TreeError> {
    let mut node = nexus;
    while !node.record().has(flag::ADDRESS_CELLS) {
        let Some(above) = node.parent() else { break };
        node = above;
    }
    let len = 4 * node.address_cells()?;
    device.reg_bytes().get(..len).ok_or(TreeError::Missing { at: device.at(), name: "reg" })
}

/// The cells of the unit address in a map's row: the parent's own `#address-cells`, else none.
fn parent_address_cells(parent: Node<'_>) -> Result<usize, TreeError> {
    if parent.record().has(flag::ADDRESS_CELLS) { parent.address_cells() } else { Ok(0) }
}
