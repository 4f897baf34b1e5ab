//! The look-ups with `fdt`: its one-pass iterator over all nodes, with the ancestors kept along the way.

use fdt::Fdt;
use fdt::helpers::UnalignedFallibleNode;
use fdt::nodes::AsNode;
use fdt::properties::PHandle;

use crate::LOOK_UPS;

type Node<'a> = UnalignedFallibleNode<'a>;

pub(crate) fn look_ups(blob: &[u8]) -> u64 {
    LOOK_UPS.iter().map(|name| look_up(blob, name).unwrap_or(0)).sum()
}

fn look_up(blob: &[u8], name: &str) -> Option<u64> {
    let fdt = Fdt::new_unaligned_fallible(blob).ok()?;
    let root = fdt.root().ok()?;
    // The iterator starts below the root.
    let mut chain: Vec<Node<'_>> = vec![root.as_node()];
    for node in root.all_nodes().ok()? {
        let (depth, node) = node.ok()?;
        chain.truncate(depth);
        chain.push(node);
        if if name.starts_with('/') { is_at(&chain, name) } else { is_compatible(&node, name) } {
            break;
        }
    }
    let [.., bus, node] = chain.as_slice() else { return None };
    let reg = node.raw_property("reg").ok()??.value;
    let (address_cells, size_cells) = (cells(bus, "#address-cells", 2), cells(bus, "#size-cells", 1));
    let (address, size) =
        (number(reg.get(..4 * address_cells)?), number(reg.get(4 * address_cells..)?.get(..4 * size_cells)?));
    let base = translate(chain.split_last()?.1, address)?;
    let phandle = chain.iter().rev().find_map(|node| node.raw_property("interrupt-parent").ok()?)?;
    let controller = root.resolve_phandle(PHandle::new(number(phandle.value) as u32)).ok()??;
    if cells(&controller, "#interrupt-cells", 0) != 3 {
        return None;
    }
    let interrupts = node.raw_property("interrupts").ok()??.value;
    Some(base + size + number(interrupts.get(..4)?) + number(interrupts.get(4..8)?))
}

fn is_at(chain: &[Node<'_>], path: &str) -> bool {
    let mut steps = chain.iter().skip(1);
    path.split('/').skip(1).all(|step| {
        steps.next().and_then(|node| node.name().ok()).is_some_and(|name| {
            let (base, unit) = step.split_once('@').map_or((step, None), |(base, unit)| (base, Some(unit)));
            name.name == base && name.unit_address == unit
        })
    }) && steps.next().is_none()
}

fn is_compatible(node: &Node<'_>, name: &str) -> bool {
    let compatible = node.raw_property("compatible").ok().flatten();
    compatible.is_some_and(|list| list.value.split(|&byte| byte == 0).any(|entry| entry == name.as_bytes()))
}

/// The CPU address of an address on the last bus of a chain.
fn translate(buses: &[Node<'_>], mut address: u64) -> Option<u64> {
    for pair in buses.windows(2).rev() {
        let [above, bus] = pair else { return None };
        let ranges = bus.raw_property("ranges").ok()??.value;
        if ranges.is_empty() {
            continue;
        }
        let (child, parent) = (cells(bus, "#address-cells", 2), cells(above, "#address-cells", 2));
        let size = cells(bus, "#size-cells", 1);
        address = ranges.chunks_exact(4 * (child + parent + size)).find_map(|row| {
            let (start, row) = row.split_at(4 * child);
            let (to, size) = row.split_at(4 * parent);
            let offset = address.checked_sub(number(start)).filter(|&offset| offset < number(size))?;
            Some(number(to) + offset)
        })?;
    }
    Some(address)
}

fn cells(node: &Node<'_>, name: &str, default: usize) -> usize {
    node.raw_property(name).ok().flatten().map_or(default, |cells| number(cells.value) as usize)
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte))
}
