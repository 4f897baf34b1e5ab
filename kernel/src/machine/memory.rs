//! What is where in physical memory, for people.

use core::ops::Range;

use alloc::vec::Vec;

use hardware::board::Board;
use kernel_core::frames::{Usage, Zone};
use kernel_core::system::{Heap, Memory, Region, RegionKind};

use crate::arch::layout;
use crate::mm;

use super::Machine;

impl Memory for Machine<'_> {
    fn region(&self, index: usize) -> Option<Region<'_>> {
        // Put together anew for each row: nothing is kept up to date that only one command reads.
        self.regions().get(index).copied()
    }

    fn frames(&self, zone: Zone) -> Usage {
        mm::frames::usage(zone)
    }

    fn heap(&self) -> Heap {
        mm::heap::usage()
    }
}

/// Regions in the making; rows that there is no heap for are left out.
struct Regions<'r>(Vec<Region<'r>>);

impl Machine<'_> {
    fn regions(&self) -> Vec<Region<'_>> {
        let mut regions = Regions(Vec::new());
        let sections = [
            (RegionKind::Text, layout::text(), "kernel"),
            (RegionKind::Rodata, layout::rodata(), "kernel"),
            (RegionKind::Data, layout::data(), "kernel"),
        ];
        for (kind, range, name) in sections {
            regions.add(kind, layout::physical(range.start)..layout::physical(range.end), name);
        }
        regions.add(RegionKind::Tables, mm::tables_in_use(), "page tables");
        for range in mm::ram::mapped().ranges() {
            regions.add(RegionKind::Ram, range.clone(), "frames");
        }
        for window in (0..).map_while(mm::device::owned) {
            let name = device_at(self.board, window.base);
            regions.add(RegionKind::Device, window.base..window.base + window.size, name);
        }
        self.add_tree(&mut regions);
        regions.0.sort_unstable_by_key(|region| region.base);
        regions.0
    }

    /// What the live tree keeps: itself, the initrd, reservations.
    fn add_tree<'r>(&'r self, regions: &mut Regions<'r>) {
        let Some(tree) = self.tree else { return };
        regions.add(RegionKind::Tree, self.blob..self.blob + tree.blob().len() as u64, "device tree");
        if let Some(Ok(Some((start, end)))) = tree.chosen().map(|chosen| chosen.initrd()) {
            regions.add(RegionKind::Initrd, start..end, "initrd");
        }
        for region in tree.memory_reservations() {
            let range = region.base..region.base.saturating_add(region.size);
            regions.add(RegionKind::Reserved, range, "memory reservation");
        }
        for reserved in tree.reserved_memory().flatten() {
            for region in reserved.regions().flatten() {
                let range = region.base..region.base.saturating_add(region.size);
                regions.add(RegionKind::Reserved, range, reserved.node.name());
            }
        }
    }
}

impl<'r> Regions<'r> {
    fn add(&mut self, kind: RegionKind, range: Range<u64>, name: &'r str) {
        let size = range.end.saturating_sub(range.start);
        if size > 0 && self.0.try_reserve(1).is_ok() {
            self.0.push(Region { base: range.start, size, kind, name });
        }
    }
}

/// The device whose table row has a window at `base`.
fn device_at(board: &'static Board, base: u64) -> &'static str {
    let owner = board.devices.iter().find(|device| device.windows.iter().any(|window| window.unchecked().base == base));
    owner.map_or("moved device", |device| device.name)
}
