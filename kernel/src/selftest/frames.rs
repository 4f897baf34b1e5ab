//! Frames: all of them can be had, once each, and given back. The heap grows on them.

use alloc::vec::Vec;

use kernel_core::frames::{FrameError, Order, Zone};
use kernel_core::system::Outcome;

use crate::mm::frames::{self, Frames};

use super::{fail, pass};

/// Takes every block of 2 MiB there is, which tries all RAM that was never tried, and gives them back.
pub(super) fn run() -> Outcome {
    if let Err(why) = zones() {
        fail!("{why}");
    }
    let before = frames::free_bytes();
    let mut held: Vec<Frames> = Vec::new();
    // What the list itself needs of the heap is taken first.
    if held.try_reserve((before / Order::BLOCK.bytes()) as usize + 1).is_err() {
        fail!("no memory for a list of {} MiB", before >> 20);
    }
    let free = frames::free_bytes();
    let error = loop {
        match frames::alloc(Order::BLOCK, Zone::Any) {
            Ok(run) => held.push(run),
            Err(error) => break error,
        }
    };
    let (count, left) = (held.len() as u64, frames::free_bytes());
    if !matches!(error, FrameError::Exhausted { .. }) {
        fail!("{error}");
    }
    held.sort_unstable_by_key(Frames::base);
    if let Some([a, b]) = held.array_windows().find(|[a, b]| a.range().end > b.base()) {
        fail!("{:#x} and {:#x} overlap", a.base(), b.base());
    }
    drop(held);
    let after = frames::free_bytes();
    // RAM that isn't there and sections' entries are found out by such a test; nothing else may go.
    if after != left + count * Order::BLOCK.bytes() || after > free {
        fail!("{free:#x} bytes were free, {after:#x} are");
    }
    pass!("{count} blocks of 2 MiB taken and given back, {} MiB free", after >> 20)
}

/// A frame from each zone is where the zone says.
fn zones() -> Result<(), &'static str> {
    for zone in Zone::ALL {
        let has = Zone::ALL.into_iter().any(|each| each <= zone && frames::usage(each).free > 0);
        match frames::alloc(Order::FRAME, zone) {
            Ok(frame) if frame.range().end > zone.addresses().end => return Err("a frame above its zone"),
            Ok(_) if !has => return Err("a frame of nothing"),
            Ok(_) => {}
            Err(_) if has => return Err("a zone with free memory has no frame"),
            Err(_) => {}
        }
    }
    Ok(())
}

/// Takes more than the heap starts with, so that it grows; it keeps what it has then.
pub(super) fn heap() -> Outcome {
    let before = crate::mm::heap::usage();
    let mut list: Vec<u64> = Vec::new();
    let count = Order::BLOCK.bytes() / 4;
    if list.try_reserve_exact(count as usize).is_err() {
        fail!("no {count} words");
    }
    list.extend(0..count);
    if list.iter().zip(0..).any(|(value, index)| *value != index) {
        fail!("what was written isn't there");
    }
    drop(list);
    let after = crate::mm::heap::usage();
    if after.used != before.used {
        fail!("{} bytes used before, {} after", before.used, after.used);
    }
    pass!("{} KiB in one piece; had {} KiB, has {} KiB", count >> 7, before.size >> 10, after.size >> 10)
}
