//! The live page tables, read as the processor reads them: runs of neighbouring entries of one kind.

use crate::arch::layout;
use crate::arch::mmu::{self, Descriptor, ENTRIES};

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
    let mut from = Some(FIRST);
    core::iter::from_fn(move || {
        let run = next(from?);
        from = run.and_then(|run| run.address.checked_add(run.size));
        run
    })
}

/// The first run at `from` or above.
fn next(from: u64) -> Option<Run> {
    let mut tables = TABLES.lock();
    let mut found: Option<Run> = None;
    let mut at = Some(from);
    while let Some(address) = at {
        let piece = piece(&mut tables, address);
        match (&mut found, piece.run) {
            (None, run) => found = run,
            (Some(run), Some(more)) if run.continues_with(&more) => run.size += more.size,
            (Some(_), _) => break,
        }
        at = piece.end;
    }
    found
}

/// Entries of one table from an address on: one run, or nothing.
struct Piece {
    run: Option<Run>,
    /// The address behind it; `None` at the top of the address space.
    end: Option<u64>,
}

fn piece(tables: &mut Tables, address: u64) -> Piece {
    let (entries, level) = deepest(tables, address);
    let entries = entries.get(mmu::index(address, level)..).unwrap_or_default();
    let covers = 1u64 << mmu::level_shift(level);
    let first = entries.first().copied().unwrap_or(Descriptor::INVALID);
    let (run, count) = if first.is_invalid() {
        (None, leading_invalid(entries))
    } else {
        let count = leading_run(entries, first, covers);
        let (physical, attributes) = (first.target(), first.attributes());
        (Some(Run { address, physical, size: count as u64 * covers, attributes }), count)
    };
    Piece { run, end: (address & !(covers - 1)).checked_add(count as u64 * covers) }
}

/// The table in which the walk for `address` ends.
fn deepest(tables: &mut Tables, address: u64) -> (&[Descriptor; ENTRIES], u32) {
    let (mut table, mut level) = (layout::root_table(), 0);
    while level < 3 {
        let entry = tables.entries_at(table).get(mmu::index(address, level)).copied();
        let Some(next) = entry.and_then(Descriptor::next_table) else { break };
        (table, level) = (next, level + 1);
    }
    (tables.entries_at(table), level)
}

/// How many entries from the first on are invalid. Most are zero: sixteen at a time.
fn leading_invalid(entries: &[Descriptor]) -> usize {
    let zeros = entries.as_chunks().0.iter().take_while(|chunk| Descriptor::all_zero(chunk)).count();
    let rest = entries.get(16 * zeros..).unwrap_or_default();
    16 * zeros + rest.iter().take_while(|entry| entry.is_invalid()).count()
}

/// How many entries from `first` on map memory without a gap, with the same attributes: eight at a time.
fn leading_run(entries: &[Descriptor], first: Descriptor, covers: u64) -> usize {
    let mut expected = first;
    let is_next = |eight: &&[Descriptor; 8]| {
        let is = Descriptor::continue_one_another(eight, expected, covers);
        expected = expected.advanced(8 * covers);
        is
    };
    let eights = entries.as_chunks().0.iter().take_while(is_next).count();
    let mut expected = first.advanced(8 * eights as u64 * covers);
    let is_next = |entry: &&Descriptor| {
        let is = **entry == expected;
        expected = expected.advanced(covers);
        is
    };
    8 * eights + entries.get(8 * eights..).unwrap_or_default().iter().take_while(is_next).count()
}

impl Run {
    fn continues_with(&self, next: &Self) -> bool {
        self.address + self.size == next.address
            && self.physical + self.size == next.physical
            && self.attributes == next.attributes
    }
}
