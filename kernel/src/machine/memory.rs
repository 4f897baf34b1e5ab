//! What is where in physical memory, for people.

use core::ops::Range;

use alloc::vec::Vec;

use kernel_core::frames::{Usage, Zone};
use kernel_core::system::{Heap, Mapping, Memory, Regime, Region, RegionKind};

use crate::arch::{layout, mmu};
use crate::mm;

use super::Machine;

/// Whether anything in this image shows memory; where nothing does, what would be shown needs no code.
const SHOWN: bool = cfg!(any(command = "mem", command = "cat"));

impl Memory for Machine<'_> {
    fn region(&self, index: usize) -> Option<Region<'_>> {
        // Put together anew for each row: nothing is kept up to date that only one command reads.
        if !SHOWN {
            return None;
        }
        self.regions().get(index).copied()
    }

    fn frames(&self, zone: Zone) -> Usage {
        mm::frames::usage(zone)
    }

    fn mapping(&self, index: usize) -> Option<Mapping<'_>> {
        let mapping = SHOWN.then(|| mm::map::mappings().nth(index))??;
        let run = mapping.run;
        let (name, number) = mapping.owner.map_or(("nobody", None), |owner| owner.name.parts());
        let (rights, memory) = mmu::names(run.attributes);
        Some(Mapping { address: run.address, physical: run.physical, size: run.size, rights, memory, name, number })
    }

    fn regime(&self) -> Regime {
        let mmu::Regime { wxn, pan, .. } = mmu::Regime::of_this_core();
        Regime { wxn, pan }
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
        for (name, window) in (0..).map_while(mm::device::owned) {
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
