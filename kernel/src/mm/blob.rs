//! Firmware's device tree: from x0 at entry to bytes that may be read.
//!
//! x0 is whatever firmware left there. Before anything is believed, the first bytes are read under guard; and
//! the whole blob is mapped only after its header said that it is one.

use core::ops::Range;

use crate::arch::mmu::{Memory, Protection};
use crate::arch::{layout, probe};
use crate::sync::Lock;

use super::{LINEAR, MapError, PAGE, PHYSICAL_END, table};

/// The pages with the tree.
static MAPPED: Lock<Range<u64>> = Lock::new(0..0);
/// The first four bytes, big-endian (Devicetree Specification 0.4, 5.2).
const MAGIC: u32 = 0xd00d_feed;
/// The size of the header of version 17.
const HEADER: u64 = 40;
/// The boot protocol's limit (Linux, Documentation/arch/arm64/booting.rst).
const SIZE_MAX: u64 = 2 << 20;
/// Distance between the guarded reads over the whole blob. Memory that answers and memory that doesn't are never
/// nearer than this.
const STRIDE: u64 = 64 << 10;

/// Why there is no blob to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// x0 was zero.
    #[error("firmware handed over no device tree: x0 is 0")]
    None,
    /// x0 isn't a multiple of 8.
    #[error("x0 is {0:#x}: a device tree is aligned to 8 bytes")]
    Unaligned(u64),
    /// x0 is an address without a place in the linear map, or lies in the kernel.
    #[error("x0 is {0:#x}: no device tree can be there")]
    Place(u64),
    /// A guarded read faulted.
    #[error("x0 is {start:#x}: nothing answers at {address:#x}")]
    NoAnswer {
        /// x0.
        start: u64,
        /// Where the read faulted.
        address: u64,
    },
    /// Something else is there.
    #[error("x0 is {start:#x}: not a device tree: the first word is {found:#010x}, not 0xd00dfeed")]
    Magic {
        /// x0.
        start: u64,
        /// The first word.
        found: u32,
    },
    /// The header's total size is impossible.
    #[error("x0 is {start:#x}: the tree's header says that it has {size} bytes")]
    Size {
        /// x0.
        start: u64,
        /// The header's total size.
        size: u32,
    },
    /// It couldn't be mapped.
    #[error("x0 is {start:#x}: {cause}")]
    Map {
        /// x0.
        start: u64,
        /// Why not.
        cause: MapError,
    },
}

/// The device tree at physical address `start`, mapped read-only for good.
pub fn firmware_tree(start: u64) -> Result<&'static [u8], BlobError> {
    if start == 0 {
        return Err(BlobError::None);
    }
    if !start.is_multiple_of(8) {
        return Err(BlobError::Unaligned(start));
    }
    if start > PHYSICAL_END - SIZE_MAX {
        return Err(BlobError::Place(start));
    }
    map(start, HEADER)?;
    let size = total_size(start)?;
    map(start, size)?;
    for address in (start..start + size).step_by(STRIDE as usize).chain([(start + size - 8) & !7]) {
        read(start, address)?;
    }
    let data = (LINEAR + start) as *const u8;
    // SAFETY: the pages of these bytes are mapped read-only, answer, and stay mapped; nothing in the kernel writes the
    // memory behind them, because the RAM map leaves it out.
    Ok(unsafe { core::slice::from_raw_parts(data, size as usize) })
}

/// Maps the pages of `size` bytes at `start`, read-only.
fn map(start: u64, size: u64) -> Result<(), BlobError> {
    let first = start & !(PAGE - 1);
    let end = (start + size).next_multiple_of(PAGE);
    let image = layout::image_physical();
    if first < image.end && image.start < end {
        return Err(BlobError::Place(start));
    }
    table::map(LINEAR + first, first, end - first, Protection::Constants, Memory::Normal)
        .map_err(|cause| BlobError::Map { start, cause })?;
    *MAPPED.lock() = first..end;
    Ok(())
}

/// The physical addresses of the pages that the tree is mapped by.
pub(super) fn mapped() -> Range<u64> {
    MAPPED.lock().clone()
}

/// The header's total size, once its magic is right.
fn total_size(start: u64) -> Result<u64, BlobError> {
    let [m0, m1, m2, m3, s0, s1, s2, s3] = read(start, start)?;
    let found = u32::from_be_bytes([m0, m1, m2, m3]);
    if found != MAGIC {
        return Err(BlobError::Magic { start, found });
    }
    let size = u32::from_be_bytes([s0, s1, s2, s3]);
    if (HEADER..=SIZE_MAX).contains(&size.into()) { Ok(size.into()) } else { Err(BlobError::Size { start, size }) }
}

fn read(start: u64, address: u64) -> Result<[u8; 8], BlobError> {
    // SAFETY: `address` is a multiple of 8 on a page that `map` mapped as Normal memory, where reads have no
    // side effect.
    unsafe { probe::read((LINEAR + address) as usize) }.ok_or(BlobError::NoAnswer { start, address })
}
