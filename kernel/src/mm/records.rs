//! Room for the index of firmware's device tree.

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use hardware::tree::Record;

/// Nodes of the largest tree that can be read. The Raspberry Pi 5's own has about a thousand.
const NODES: usize = 4096;

#[repr(transparent)]
struct Room(UnsafeCell<MaybeUninit<[Record; NODES]>>);

// SAFETY: `take_tree_records` gives the room away once; nothing else touches it.
unsafe impl Sync for Room {}

/// Not zeroed at the boot: `Tree::open` writes each record before it reads it.
// SAFETY: link.ld keeps `.uninit.*` writable and aligned; that nobody zeroes it is what `MaybeUninit` says.
#[unsafe(link_section = ".uninit.records")]
static ROOM: Room = Room(UnsafeCell::new(MaybeUninit::uninit()));
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The room, to the first who asks; nobody after that.
pub fn take_tree_records() -> &'static mut [Record] {
    if TAKEN.swap(true, Relaxed) {
        return &mut [];
    }
    // SAFETY: handed out once, because of TAKEN. The section is memory that the image was loaded into, whose bytes have
    // some value, and a Record consists of unsigned integers only, of which any bits are a value.
    unsafe { (*ROOM.0.get()).assume_init_mut() }
}
