//! Reading from the first disk, which had it in a cache: what is left is the kernel's work.
//!
//! Time goes by while the disk works, so what counts are instructions, where the core's PMU counts them.

use alloc::vec;

use kernel_core::system::Measured;

use crate::arch::counter;
use crate::arch::pmu;
use crate::machine::virtio;

/// Reads that are measured.
const READS: u64 = 64;

/// Eight blocks.
pub(super) fn four_kib() -> Result<Measured, &'static str> {
    reads(4 << 10)
}

/// What one request of a file system's read-ahead has.
pub(super) fn a_hundred_and_twenty_eight_kib() -> Result<Measured, &'static str> {
    reads(128 << 10)
}

fn reads(bytes: usize) -> Result<Measured, &'static str> {
    let mut buffer = vec![0; bytes];
    let mut read = || virtio::read(0, 0, &mut buffer).map_err(|_| "no disk that can be read");
    // Before, so that what it needs is there.
    read()?;
    let counting = pmu::count_instructions();
    let (start, first) = (counter::now(), pmu::instructions());
    for _ in 0..READS {
        read()?;
    }
    let (ticks, executed) = (counter::now() - start, pmu::instructions().wrapping_sub(first));
    Ok(Measured { instructions: counting.then_some(executed.into()), ..Measured::new(ticks, READS) })
}
