//! Physical memory: the regions, then the frames of each zone and the heap.

use core::fmt::{self, Write};

use crate::frames::{Usage, Zone};
use crate::system::{Heap, Mapping, Memory, Regime};
use crate::text::{Address, Align, Bytes, table};

/// A mapping a line: first and last virtual address, physical address, size, rights, kind of memory, owner.
pub(crate) fn mappings(memory: &dyn Memory, out: &mut dyn Write) -> fmt::Result {
    const COLUMNS: [Align; 7] =
        [Align::Right, Align::Right, Align::Right, Align::Right, Align::Left, Align::Left, Align::Left];
    table(out, &COLUMNS, &mut |row| {
        for mapping in (0..).map_while(|index| memory.mapping(index)) {
            let Mapping { address, physical, size, rights, memory, name, number } = mapping;
            let last = address.saturating_add(size.saturating_sub(1));
            let owner = Owner(name, number);
            row(&[&Address(address), &Address(last), &Address(physical), &Bytes(size), &rights, &memory, &owner])?;
        }
        Ok(())
    })?;
    let Regime { wxn, pan } = memory.regime();
    let on = |is_on| if is_on { "on" } else { "off" };
    writeln!(out, "WXN {}, PAN {}", on(wxn), pan.map_or("not there", on))
}

/// `stack of thread 5`
struct Owner<'s>(&'s str, Option<u16>);

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        self.1.map_or(Ok(()), |number| write!(f, " {number}"))
    }
}

/// A region a line: first and last address, size, kind, mapping, name.
pub(crate) fn memory(memory: &dyn Memory, out: &mut dyn Write) -> fmt::Result {
    table(out, &[Align::Right, Align::Right, Align::Right, Align::Left, Align::Left], &mut |row| {
        let regions = (0..).map_while(|index| memory.region(index));
        for region in regions {
            let last = region.base.saturating_add(region.size.saturating_sub(1));
            let (kind, access) = (region.kind.name(), region.kind.access());
            row(&[&Address(region.base), &Address(last), &Bytes(region.size), &access, &kind, &region.name])?;
        }
        Ok(())
    })?;
    for zone in Zone::ALL.into_iter().rev() {
        let Usage { total, free } = memory.frames(zone);
        if total > 0 {
            writeln!(out, "frames {}: {} of {} free", zone.name(), Bytes(free), Bytes(total))?;
        }
    }
    let Heap { size, used, peak, failures } = memory.heap();
    write!(out, "heap: {} of {} used, {} at most", Bytes(used), Bytes(size), Bytes(peak))?;
    match failures {
        0 => out.write_char('\n'),
        _ => writeln!(out, ", {failures} requests failed"),
    }
}
