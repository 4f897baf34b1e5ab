//! Physical memory: the regions, then the frames of each zone and the heap.

use core::fmt::{self, Write};

use crate::frames::{Usage, Zone};
use crate::system::{Heap, Memory};
use crate::text::{Address, Align, Bytes, table};

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
