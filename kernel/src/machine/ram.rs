//! Which RAM is free: what the live tree says, minus everything that has an owner.

use hardware::board::{Board, Window};
use hardware::check::Ledger;
use hardware::tree::{Region, Tree};
use kernel_core::ram::{RamMap, TooManyRanges};
use kernel_core::text::Chain;

use crate::arch::{layout, mmu};
use crate::log::warning;
use kernel_core::frames::RANGES;

/// RAM, all of it and the part without an owner.
#[derive(Debug)]
pub struct LiveRam {
    /// Where RAM starts, and its bytes in all, with what firmware keeps of it.
    pub all: Window,
    /// The part that the kernel may use.
    pub free: RamMap<RANGES>,
}

impl LiveRam {
    /// As the live tree has it: its memory without the image, the tree, the initrd, memory reservations and reserved
    /// memory. What the tree says wrongly is logged. RAM that can't be kept apart from an owner's isn't free; where an owner
    /// can't be read there is nothing to keep, and the log says whose that is.
    pub fn of_tree(tree: &Tree<'_>, blob: u64) -> Self {
        let mut ram = RamMap::new();
        ram.add_nodes(tree, mmu::physical_end(), &mut |entry, error| warning!("{entry}: {}", Chain(&error)));
        let all = Window::new(ram.ranges().first().map_or(0, |range| range.start), ram.bytes());
        note(ram.remove(layout::image_physical()));
        note(ram.remove(blob..blob.saturating_add(tree.blob().len() as u64)));
        match tree.chosen().map(|chosen| chosen.initrd()) {
            Some(Ok(Some((start, end)))) => note(ram.remove(start..end)),
            Some(Err(error)) => warning!("the initrd can't be found: {error}"),
            _ => {}
        }
        for region in tree.memory_reservations() {
            note(ram.remove(bytes(region)));
        }
        remove_reserved(tree, &mut ram);
        Self { all, free: ram }
    }

    /// The same without the windows of `board`'s devices: a tree that calls registers memory is wrong.
    pub fn without_devices(mut self, board: &'static Board, ledger: &Ledger<'_>) -> Self {
        for device in board.devices {
            for claim in device.windows {
                let window = ledger.accept(claim).map_or(claim.unchecked(), |window| window.get());
                let taken = window.base..window.base.saturating_add(window.size);
                if self.free.ranges().iter().any(|range| range.start < taken.end && taken.start < range.end) {
                    warning!("memory covers {window}, which is {}'s: left out", device.name);
                    note(self.free.remove(taken));
                }
            }
        }
        self
    }

    /// As the board file has it, where there is no tree.
    pub fn of_claim(window: Window) -> Self {
        let mut ram = RamMap::new();
        note(ram.add(window.base..window.base.saturating_add(window.size)));
        note(ram.remove(layout::image_physical()));
        Self { all: window, free: ram }
    }
}

/// What is said of an entry without an address.
const UNKEPT: &str = "reserved memory that can't be read is not kept free";

/// A dynamic reservation has no place yet; whoever drives its owner places it.
fn remove_reserved(tree: &Tree<'_>, ram: &mut RamMap<RANGES>) {
    for reserved in tree.reserved_memory() {
        let regions = match reserved {
            Ok(reserved) => reserved.regions(),
            Err(error) => {
                warning!("{UNKEPT}: {error}");
                continue;
            }
        };
        for region in regions {
            match region {
                Ok(region) => note(ram.remove(bytes(region))),
                Err(error) => warning!("{UNKEPT}: {error}"),
            }
        }
    }
}

fn bytes(region: Region) -> core::ops::Range<u64> {
    region.base..region.base.saturating_add(region.size)
}

fn note(result: Result<(), TooManyRanges>) {
    if let Err(error) = result {
        warning!("RAM left out: {error}");
    }
}
