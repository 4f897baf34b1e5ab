//! Reading the first disk from its start, one read after the other, as `dd` with direct reads does.
//!
//! Time goes by while the disk works, so what counts are instructions, where the core's PMU counts them. Where it doesn't, bytes
//! over nanoseconds are the disk's throughput.

use alloc::vec;

use kernel_core::system::{BLOCK, Measured};

use crate::arch::counter;
use crate::arch::pmu;
use crate::machine::virtio;

/// Eight blocks at a time, 16 MiB in all.
pub(super) fn four_kib() -> Result<Measured, &'static str> {
    reads(4 << 10, 4096)
}

/// What one request of a file system's read-ahead has, 64 MiB in all.
pub(super) fn a_hundred_and_twenty_eight_kib() -> Result<Measured, &'static str> {
    reads(128 << 10, 512)
}

/// `count` reads of `bytes`; a disk that is smaller is read again from its start.
fn reads(bytes: usize, count: u64) -> Result<Measured, &'static str> {
    let disk = virtio::disk(0).ok_or("no disk")?;
    let blocks = (bytes / BLOCK) as u64;
    let places =
        disk.blocks.checked_div(blocks).filter(|&places| places > 0).ok_or("the disk is smaller than a read")?;
    let mut buffer = vec![0; bytes];
    let mut read =
        |index: u64| virtio::read(0, index % places * blocks, &mut buffer).map_err(|_| "no disk that can be read");
    // Before, so that what it needs is there.
    read(0)?;
    let counting = pmu::count_instructions();
    let (start, first) = (counter::now(), pmu::instructions());
    for index in 0..count {
        read(index)?;
    }
    let (ticks, executed) = (counter::now() - start, pmu::instructions().wrapping_sub(first));
    Ok(Measured { instructions: counting.then_some(executed.into()), ..Measured::new(ticks, count) })
}
