//! What virtio-drivers asks of a kernel, answered by `drivers::dma`.
//!
//! virtio-drivers has one way to memory for all devices, so all virtio devices of a machine must reach memory alike: the
//! first one says how, and another that differs isn't started.

use core::ptr::NonNull;
use core::sync::atomic::{AtomicPtr, Ordering};

use alloc::boxed::Box;

use hardware::tree::{Node, Tree};
use virtio_drivers::{BufferDirection, Hal, PAGE_SIZE, PhysAddr};

use drivers::dma::{Block, Coherence, Device, Direction, Reach, ReachWindow, Sharing};

use crate::mm::dma::KernelMemory;
use crate::sync::Lock;

use super::VirtioError;

/// Rows of `dma-ranges` that are looked at.
const WINDOWS: usize = 4;
/// Queues that devices have at a time.
const QUEUES: usize = 32;
/// Bits of a descriptor's address (virtio 1.2, 2.7.5).
const ADDRESS_BITS: u32 = 64;

static MEMORY: KernelMemory = KernelMemory;
/// Null until the first device said how it reaches memory.
static WAY: AtomicPtr<Way> = AtomicPtr::new(core::ptr::null_mut());
/// The blocks that queues are in, by bus address.
static BLOCKS: Lock<heapless::Vec<(u64, Block), QUEUES>> = Lock::new(heapless::Vec::new());

/// How a device reaches memory.
#[derive(Debug, PartialEq, Eq)]
struct Way {
    windows: heapless::Vec<ReachWindow, WINDOWS>,
    coherence: Coherence,
}

/// `drivers::dma`, as virtio-drivers knows it.
#[derive(Debug)]
pub struct Dma;

/// Has virtio devices reach memory as the live tree says of the one at `path`; without a tree, as one that sees memory
/// only, by its physical addresses: what is done for its sake harms no other.
pub fn configure(tree: Option<&Tree<'_>>, path: &str) -> Result<(), VirtioError> {
    let node = tree.and_then(|tree| tree.find(path));
    let way = node.map_or(Ok(Way { windows: heapless::Vec::new(), coherence: Coherence::NonCoherent }), way)?;
    let Some(known) = current() else {
        // One core starts devices, one after the other.
        WAY.store(Box::into_raw(Box::new(way)), Ordering::Release);
        return Ok(());
    };
    if *known == way { Ok(()) } else { Err(VirtioError::Mixed) }
}

/// Memory as virtio devices reach it, once there is one.
pub fn device() -> Option<Device<'static, KernelMemory>> {
    let way = current()?;
    Some(Device::new(&MEMORY, Reach::new(&way.windows, ADDRESS_BITS), way.coherence))
}

fn current() -> Option<&'static Way> {
    // SAFETY: null, or from `Box::into_raw` in `configure`, which lets go of it for good.
    unsafe { WAY.load(Ordering::Acquire).as_ref() }
}

/// What the tree says of a device: its bus' `dma-ranges`, and `dma-coherent` on it or on a bus above.
fn way(node: Node<'_>) -> Result<Way, VirtioError> {
    let mut windows = heapless::Vec::new();
    for row in node.parent().map(Node::dma_ranges).into_iter().flatten() {
        let row = row.map_err(|_| VirtioError::Reach)?;
        let bus = u64::try_from(row.bus).map_err(|_| VirtioError::Reach)?;
        let window = ReachWindow { bus, physical: row.cpu, size: row.size };
        windows.push(window).map_err(|_| VirtioError::Reach)?;
    }
    let mut above = core::iter::successors(Some(node), |node| node.parent());
    let coherent = above.any(|node| node.property("dma-coherent").is_some());
    let coherence = if coherent { Coherence::Coherent } else { Coherence::NonCoherent };
    Ok(Way { windows, coherence })
}

const fn direction(direction: BufferDirection) -> Direction {
    match direction {
        BufferDirection::DriverToDevice => Direction::ToDevice,
        BufferDirection::DeviceToDriver => Direction::FromDevice,
        BufferDirection::Both => Direction::Both,
    }
}

// SAFETY: blocks come from `drivers::dma`, zeroed, aligned to a page, and nobody else's until they are freed by the same
// bus address.
unsafe impl Hal for Dma {
    fn dma_alloc(pages: usize, _: BufferDirection) -> (PhysAddr, NonNull<u8>) {
        /// What virtio-drivers takes as a failure.
        const NONE: (PhysAddr, NonNull<u8>) = (0, NonNull::dangling());
        let block = device().and_then(|device| device.block(pages * PAGE_SIZE, PAGE_SIZE, Sharing::AtOnce).ok());
        let Some((block, bus)) = block else { return NONE };
        let address = block.address();
        match BLOCKS.lock().push((bus, block)) {
            Ok(()) => (bus, address),
            // The block is lost; there are more queues than any machine has.
            Err(_) => NONE,
        }
    }

    unsafe fn dma_dealloc(bus: PhysAddr, _: NonNull<u8>, _: usize) -> i32 {
        let mut blocks = BLOCKS.lock();
        let found = blocks.iter().position(|(other, _)| *other == bus).map(|index| blocks.swap_remove(index));
        drop(blocks);
        if let (Some(device), Some((_, block))) = (device(), found) {
            device.free(block);
        }
        0
    }

    unsafe fn mmio_phys_to_virt(_: PhysAddr, _: usize) -> NonNull<u8> {
        // For the BARs of virtio-pci, which is nowhere started.
        NonNull::dangling()
    }

    unsafe fn share(buffer: NonNull<[u8]>, towards: BufferDirection) -> PhysAddr {
        let lent = device().and_then(|device| device.lend(buffer, direction(towards)));
        lent.unwrap_or_else(|| unreachable!("blk gives devices only what they can have as it is"))
    }

    unsafe fn unshare(_: PhysAddr, buffer: NonNull<[u8]>, towards: BufferDirection) {
        if let Some(device) = device() {
            // SAFETY: by the trait's contract `share` lent the buffer in this direction, and nobody looked at it since.
            unsafe { device.end_loan(buffer, direction(towards)) };
        }
    }
}
