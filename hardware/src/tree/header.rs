//! The header: where the blocks are, checked before anybody slices by it.

use fdt::Fdt;

use super::{MAX_SIZE, TreeError};

/// The Devicetree Specification, v0.4, 5.2.
const MAGIC: u32 = 0xd00d_feed;
const HEADER_LEN: usize = 40;
const TOTAL_SIZE: usize = 4;
const STRUCTS_OFFSET: usize = 8;
const STRINGS_OFFSET: usize = 12;
const RESERVATIONS_OFFSET: usize = 16;
const VERSION: usize = 20;
const LAST_COMPATIBLE_VERSION: usize = 24;
const STRINGS_SIZE: usize = 32;
const STRUCTS_SIZE: usize = 36;
/// The only version with both block sizes; every producer of the last fifteen years writes it.
const UNDERSTOOD: u32 = 17;

/// The blob's parts, each within it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Blocks<'a> {
    /// The blob without what follows it.
    pub(super) blob: &'a [u8],
    /// The structure block, and its place in the blob.
    pub(super) structs: &'a [[u8; 4]],
    pub(super) structs_at: u32,
    pub(super) strings: &'a [u8],
    /// Where the memory reservation block starts.
    pub(super) reservations_at: u32,
    /// MPIDR of the CPU that the firmware boots on.
    pub(super) boot_cpu: u32,
}

/// Finds the blocks.
pub(super) fn blocks(blob: &[u8]) -> Result<Blocks<'_>, TreeError> {
    let blob = check(blob)?;
    // `fdt` adds offsets and sizes without a look at overflow, so `check` has to come first.
    let fdt = Fdt::new_unaligned_fallible(blob).map_err(|_| TreeError::TooShort { len: blob.len() })?;
    let header = fdt.header();
    let blocks = Blocks {
        blob,
        structs: fdt.structs_block().as_chunks().0,
        structs_at: header.structs_offset,
        strings: fdt.strings_block(),
        reservations_at: header.memory_reserve_map_offset,
        boot_cpu: header.boot_cpuid,
    };
    check_reservations(&blocks)?;
    Ok(blocks)
}

/// The blob without what follows it, when all that the header says about places lies within.
fn check(blob: &[u8]) -> Result<&[u8], TreeError> {
    let len = blob.len();
    let field = |at: usize| word(blob, at).ok_or(TreeError::TooShort { len });
    if len < HEADER_LEN {
        return Err(TreeError::TooShort { len });
    }
    let found = field(0)?;
    if found != MAGIC {
        return Err(TreeError::Magic { found });
    }
    let (version, compatible) = (field(VERSION)?, field(LAST_COMPATIBLE_VERSION)?);
    if version < UNDERSTOOD || compatible > UNDERSTOOD {
        return Err(TreeError::Version { version, compatible });
    }
    let total = field(TOTAL_SIZE)?;
    if total as usize > MAX_SIZE {
        return Err(TreeError::TooLarge { total });
    }
    let blob = blob.get(..total as usize).ok_or(TreeError::Truncated { total, have: len })?;
    let within = |block, offset: usize, size: u32, align: u32| {
        let start = field(offset)?;
        let fits = start.is_multiple_of(align)
            && start as usize >= HEADER_LEN
            && start.checked_add(size).is_some_and(|end| end <= total);
        fits.then_some(()).ok_or(TreeError::Block { at: offset as u32, block })
    };
    within("structure", STRUCTS_OFFSET, field(STRUCTS_SIZE)?, 4)?;
    within("strings", STRINGS_OFFSET, field(STRINGS_SIZE)?, 1)?;
    within("memory reservation", RESERVATIONS_OFFSET, 16, 8)?;
    Ok(blob)
}

/// The list of reservations ends in one of size and address 0 (5.3.2).
fn check_reservations(blocks: &Blocks<'_>) -> Result<(), TreeError> {
    let at = blocks.reservations_at;
    let entries = blocks.blob.get(at as usize..).unwrap_or_default().as_chunks::<16>().0;
    entries.contains(&[0; 16]).then_some(()).ok_or(TreeError::Reservations { at })
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|word| u32::from_be_bytes(*word))
}
