//! The live page tables, read as the processor reads them: runs of neighbouring entries of one kind.

use crate::arch::layout;
use crate::arch::mmu::{self, Descriptor};

use super::table::{TABLES, Tables};

/// Neighbouring addresses that map to neighbouring memory with the same attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The first virtual address.
    pub address: u64,
    /// What it maps to.
    pub physical: u64,
    /// Bytes.
    pub size: u64,
    /// The attributes of every entry.
    pub attributes: u64,
}

/// Where TTBR1_EL1's addresses start.
const FIRST: u64 = 0xffff_0000_0000_0000;

/// All runs, in address order. The tables may change between one and the next.
pub fn runs() -> impl Iterator<Item = Run> {
    let mut walk = Walk::new();
    let mut ahead = None;
    core::iter::from_fn(move || {
        let mut tables = TABLES.lock();
        let mut run = ahead.take().or_else(|| walk.next(&mut tables))?;
        ahead = walk.next(&mut tables);
        while let Some(more) = ahead.filter(|more| run.continues_with(more)) {
            run.size += more.size;
            ahead = walk.next(&mut tables);
        }
        Some(run)
    })
}

/// A way through the tables, entry by entry, that knows the tables above. None of them is ever taken away.
struct Walk {
    /// The first address of the entry that comes next; `None` behind the last.
    address: Option<u64>,
    /// The level of that entry's table.
    level: u32,
    /// Physical addresses of the tables on the way to it, by level; those below `level` are of another way.
    way: [u64; LEVELS],
}

impl Walk {
    fn new() -> Self {
        let mut way = [0; LEVELS];
        way[0] = layout::root_table();
        Self { address: Some(FIRST), level: 0, way }
    }

    /// The next entries of one table that are a run.
    fn next(&mut self, tables: &mut Tables) -> Option<Run> {
        loop {
            let (address, level) = (self.address?, self.level);
            let entries = tables.entries_at(*self.way.get(level as usize)?).get(mmu::index(address, level)..)?;
            let first = *entries.first()?;
            if first.is_invalid() {
                self.pass(address, leading_invalid(entries));
            } else if let Some(next) = first.next_table().filter(|_| level < LAST) {
                self.level = level + 1;
                *self.way.get_mut(level as usize + 1)? = next;
            } else {
                let covers = 1 << mmu::level_shift(level);
                let count = leading_run(entries, first, covers);
                self.pass(address, count);
                let (physical, attributes) = (first.target(), first.attributes());
                return Some(Run { address, physical, size: count as u64 * covers, attributes });
            }
        }
    }

    /// Goes past `count` entries from that of `address` on, and up again where the table ends with them.
    fn pass(&mut self, address: u64, count: usize) {
        self.address = address.checked_add((count as u64) << mmu::level_shift(self.level));
        while let Some(address) = self.address.filter(|_| self.level > 0) {
            if mmu::index(address, self.level) != 0 {
                break;
            }
            self.level -= 1;
        }
    }
}

/// Levels of tables, and the last one, whose entries lead to no other table.
const LEVELS: usize = 4;
const LAST: u32 = LEVELS as u32 - 1;

/// How many entries from the first on are invalid. Most are zero: sixteen at a time.
fn leading_invalid(entries: &[Descriptor]) -> usize {
    let mut rest = entries;
    while let Some((chunk, behind)) = rest.split_first_chunk()
        && Descriptor::all_zero(chunk)
    {
        rest = behind;
    }
    while let [first, behind @ ..] = rest
        && first.is_invalid()
    {
        rest = behind;
    }
    entries.len() - rest.len()
}

/// How many entries from `first` on map memory without a gap, with the same attributes: eight at a time.
fn leading_run(entries: &[Descriptor], first: Descriptor, covers: u64) -> usize {
    let (mut rest, mut expected) = (entries, first);
    while let Some((eight, behind)) = rest.split_first_chunk()
        && Descriptor::continue_one_another(eight, expected, covers)
    {
        (rest, expected) = (behind, expected.advanced(8 * covers));
    }
    while let [entry, behind @ ..] = rest
        && *entry == expected
    {
        (rest, expected) = (behind, expected.advanced(covers));
    }
    entries.len() - rest.len()
}

impl Run {
    fn continues_with(&self, next: &Self) -> bool {
        self.address + self.size == next.address
            && self.physical + self.size == next.physical
            && self.attributes == next.attributes
    }
}
