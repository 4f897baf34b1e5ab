//! A disk's queue: virtio-drivers' transport and virtqueue, and the memory that requests are made of.

use core::ptr::NonNull;

use drivers::dma::{Buffer, Memory as _};
use drivers::virtio_blk::{self, HEADER, Lengths, UNWRITTEN};
use virtio_drivers::queue::VirtQueue;
use virtio_drivers::transport::mmio::{MmioTransport, MmioVersion};
use virtio_drivers::transport::{DeviceStatus, InterruptStatus, Transport as _};
use virtio_drivers::{Error, PAGE_SIZE};

use crate::mm::dma::KernelMemory;

use super::VirtioError;
use super::hal::{self, Dma};

/// Descriptors.
const SIZE: usize = 16;
/// Requests that the device can have at once: each takes a descriptor for its header, its blocks and its status.
pub(super) const REQUESTS: usize = SIZE / 3;
/// The number of a disk's only queue (virtio 1.2, 5.2.2).
const QUEUE: u16 = 0;
/// Where in a request's memory the status is: what the device reads and what it writes share no granule, of which the largest that
/// CTR_EL0.CWG can name has 2 KiB (DDI 0487, CTR_EL0).
const STATUS: usize = 2048;
/// Bytes of a request's memory.
const REQUEST: usize = 2 * STATUS;
/// How often a device is asked for what it doesn't say at once.
const LOOKS: u32 = 100_000;

/// VIRTIO_BLK_F_RO (5.2.3).
const READ_ONLY: u64 = 1 << 5;
/// VIRTIO_F_VERSION_1 (6).
const VERSION_1: u64 = 1 << 32;

/// The queue of a device that runs.
pub(super) struct Queue {
    /// Dropped first: that resets the device, which then has no more hand on what is dropped next.
    transport: MmioTransport<'static>,
    ring: VirtQueue<Dma, SIZE>,
    /// Header and status of each request.
    requests: heapless::Vec<Buffer<'static, KernelMemory>, REQUESTS>,
}

/// Blocks that were lent to the device.
pub(super) struct Lent {
    /// The first block's number.
    pub(super) first: u64,
    into: NonNull<[u8]>,
}

// SAFETY: what it points at is borrowed by a thread that waits in `Disk::transfer` meanwhile; whichever core learns of the
// answer uses it only to hand the bytes back to the CPU, under the disk's lock.
unsafe impl Send for Lent {}

/// What a device says of itself.
pub(super) struct About {
    pub(super) kind: &'static str,
    pub(super) lengths: Lengths,
    pub(super) blocks: u64,
    pub(super) read_only: bool,
}

impl Queue {
    /// Takes the device through 3.1.1's steps.
    pub(super) fn start(mut transport: MmioTransport<'static>) -> Result<(Self, About), VirtioError> {
        let (kind, lengths) = match transport.version() {
            MmioVersion::Legacy => ("virtio-blk (legacy)", Lengths::Doubtful),
            MmioVersion::Modern => ("virtio-blk (modern)", Lengths::Exact),
        };
        let features = negotiate(&mut transport)?;
        let ring = VirtQueue::new(&mut transport, QUEUE, false, false)?;
        let device = hal::device().ok_or(Error::DmaError)?;
        let requests = (0..REQUESTS).map(|_| device.buffer(REQUEST, REQUEST));
        let requests = requests.collect::<Result<_, _>>().map_err(|_| Error::DmaError)?;
        let mut queue = Self { transport, ring, requests };
        let about = About { kind, lengths, blocks: queue.blocks()?, read_only: features & READ_ONLY != 0 };
        queue.transport.finish_init();
        Ok((queue, about))
    }

    /// How many blocks the device has now.
    pub(super) fn blocks(&self) -> Result<u64, VirtioError> {
        // `capacity` (5.2.4) in two halves, which a change may come between (2.5.1).
        let half = |offset| self.transport.read_config_space::<u32>(offset);
        for _ in 0..LOOKS {
            let generation = self.transport.read_config_generation();
            let blocks = u64::from(half(0)?) | u64::from(half(4)?) << 32;
            if self.transport.read_config_generation() == generation {
                return Ok(blocks);
            }
        }
        Err(VirtioError::Unsteady)
    }

    /// Asks for blocks, by the memory of the request `place`; gives what the answer will be known by.
    ///
    /// # Safety
    /// `place` is no other request's, and what `lent` points at is not looked at until it was answered or the device was reset.
    pub(super) unsafe fn ask(&mut self, place: usize, lent: &Lent) -> Result<u16, Error> {
        let request = self.requests.get_mut(place).ok_or(Error::InvalidParam)?;
        let (header, status) = halves(request)?;
        *header = virtio_blk::header(lent.first);
        *status = [UNWRITTEN];
        let mut into = lent.into;
        // SAFETY: the caller's promise: nobody else looks at these bytes.
        let into = unsafe { into.as_mut() };
        // SAFETY: the three stay where they are and are left alone until `take`: header and status are the place's, the rest
        // is as the caller promised.
        let token = unsafe { self.ring.add(&[header.as_slice()], &mut [into, status.as_mut_slice()]) }?;
        // All of it is there before the device is told (2.7.13.4). It is told each time: asking whether it wants to know costs as
        // much as telling it.
        KernelMemory.before_doorbell();
        self.transport.notify(QUEUE);
        Ok(token)
    }

    /// What the next answer is known by.
    pub(super) fn answered(&self) -> Option<u16> {
        let token = self.ring.peek_used()?;
        KernelMemory.after_completion();
        Some(token)
    }

    /// Takes the next answer, `token`, to the request at `place`: how many bytes the device says it wrote, and the status.
    ///
    /// # Safety
    /// `token` is what [`Self::ask`] gave for `place` and `lent`.
    pub(super) unsafe fn take(&mut self, token: u16, place: usize, lent: &Lent) -> Result<(u32, u8), Error> {
        let request = self.requests.get_mut(place).ok_or(Error::InvalidParam)?;
        let (header, status) = halves(request)?;
        let mut into = lent.into;
        // SAFETY: the bytes of `ask`, whose caller still leaves them alone.
        let into = unsafe { into.as_mut() };
        // SAFETY: the three that `ask` gave the ring for this token.
        let written = unsafe { self.ring.pop_used(token, &[header.as_slice()], &mut [into, status.as_mut_slice()]) }?;
        let [status] = *status;
        Ok((written, status))
    }

    /// Quiets the device, and says why it signalled.
    pub(super) fn quiet(&mut self) -> InterruptStatus {
        self.transport.ack_interrupt()
    }

    /// Whether the device says that it can't go on (2.1.2).
    pub(super) fn needs_reset(&self) -> bool {
        self.transport.get_status().contains(DeviceStatus::DEVICE_NEEDS_RESET)
    }

    /// Resets the device; whether it says so (2.4.2), after which it touches no memory.
    ///
    /// One that doesn't keeps what it was given for good. All ones are what an empty bus reads.
    pub(super) fn reset(mut self) -> bool {
        self.transport.set_status(DeviceStatus::empty());
        let is_off = (0..LOOKS).any(|_| matches!(self.transport.get_status().bits(), 0 | u32::MAX));
        if !is_off {
            core::mem::forget(self);
        }
        is_off
    }
}

impl Lent {
    pub(super) fn new(first: u64, into: &mut [u8]) -> Self {
        Self { first, into: NonNull::from(into) }
    }

    /// Bytes that were asked for.
    pub(super) fn len(&self) -> usize {
        self.into.len()
    }
}

/// Says what is used of the device's features; a modern one has to agree.
fn negotiate(transport: &mut MmioTransport<'static>) -> Result<u64, VirtioError> {
    let known = DeviceStatus::ACKNOWLEDGE | DeviceStatus::DRIVER;
    transport.set_status(DeviceStatus::empty());
    transport.set_status(known);
    let features = transport.read_device_features() & (READ_ONLY | VERSION_1);
    transport.write_driver_features(features);
    transport.set_status(known | DeviceStatus::FEATURES_OK);
    let agrees = transport.get_status().contains(DeviceStatus::FEATURES_OK);
    if transport.version() == MmioVersion::Modern && !agrees {
        return Err(VirtioError::Features);
    }
    transport.set_guest_page_size(PAGE_SIZE as u32);
    Ok(features)
}

/// Header and status.
fn halves(request: &mut [u8]) -> Result<(&mut [u8; HEADER], &mut [u8; 1]), Error> {
    let (asked, answered) = request.split_at_mut_checked(STATUS).ok_or(Error::InvalidParam)?;
    let parts = asked.first_chunk_mut().zip(answered.first_chunk_mut());
    parts.ok_or(Error::InvalidParam)
}
