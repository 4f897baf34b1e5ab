//! Reads of the first disk, held against what it gave at first.

use alloc::sync::Arc;
use alloc::vec::Vec;

use kernel_core::system::BLOCK;

use crate::machine::storage;

use super::crowd::{Added, Crowd, Me};
use super::{Failed, failed};

/// The disk's number.
const DISK: usize = 0;
/// Blocks that are read at once.
const BLOCKS: usize = 8;
/// Places that are read.
const PLACES: u64 = 64;
/// Reads at once: more have no room in a virtqueue of 16 descriptors, of which each takes three.
const READERS: usize = 4;

/// What each place of the disk adds up to.
#[derive(Clone)]
pub(super) struct Sums(Arc<Vec<u64>>);

impl Sums {
    /// `None` where there is no disk, or one with less than one place.
    pub(super) fn of_first_disk() -> Result<Option<Self>, Failed> {
        let Some(disk) = storage::disk(DISK) else { return Ok(None) };
        let places = (disk.blocks / BLOCKS as u64).min(PLACES);
        let mut buffer = [0; BLOCKS * BLOCK];
        let sums = (0..places).map(|place| {
            let read = storage::read(DISK, place * BLOCKS as u64, &mut buffer);
            read.map(|()| sum(&buffer)).map_err(|cause| failed(format_args!("block reads: {cause}")))
        });
        let sums = sums.collect::<Result<Vec<u64>, Failed>>()?;
        Ok((!sums.is_empty()).then(|| Self(Arc::new(sums))))
    }
}

/// The worker of a core.
pub(super) fn start(crowd: &mut Crowd, cpu: usize, sums: Sums) -> Added {
    if !crowd.cpus().iter().take(READERS).any(|reader| *reader == cpu) {
        return Ok(());
    }
    crowd.add("disk reads", cpu, move |me| reads(me, &sums.0))
}

fn reads(mut me: Me, sums: &[u64]) {
    let mut buffer = alloc::vec![0; BLOCKS * BLOCK];
    while me.goes_on() {
        let place = me.random.below(sums.len() as u64);
        // What the read before left must not pass for this one's.
        buffer.fill(0xa5);
        if let Err(cause) = storage::read(DISK, place * BLOCKS as u64, &mut buffer) {
            return me.fails(format_args!("block reads: {cause}"));
        }
        if sums.get(place as usize) != Some(&sum(&buffer)) {
            return me.fails(format_args!("block {} reads other than at first", place * BLOCKS as u64));
        }
        me.did(1);
    }
}

/// FNV-1a over words.
fn sum(bytes: &[u8]) -> u64 {
    let (words, _) = bytes.as_chunks();
    let step = |sum: u64, word: &[u8; 8]| (sum ^ u64::from_le_bytes(*word)).wrapping_mul(0x100_0000_01b3);
    words.iter().fold(0xcbf2_9ce4_8422_2325, step)
}
