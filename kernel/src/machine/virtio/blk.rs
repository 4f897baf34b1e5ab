//! Disks: virtio-blk (virtio 1.2, 5.2).
//!
//! A read puts a request into the queue and sleeps until the interrupt has told of its end. A disk that doesn't answer in time is
//! reset, which takes its hands off all memory, and left alone from then on.

use core::ptr::NonNull;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed, Ordering::SeqCst, fence};

use alloc::boxed::Box;

use hardware::board::{Device, Interrupt};
use hardware::check::Checked;
use hardware::tree::Tree;
use kernel_core::system::{self, BLOCK, DiskError};
use virtio_drivers::Error;
use virtio_drivers::device::blk::{BlkReq, BlkResp, VirtIOBlk};
use virtio_drivers::transport::mmio::{MmioTransport, MmioVersion};

use drivers::registers::virtio_mmio::Registers;
use tock_registers::interfaces::Writeable as _;

use crate::arch::counter;
use crate::arch::mmio::Window;
use crate::log::error;
use crate::machine::irq;
use crate::sync::{Lock, Semaphore};

use super::VirtioError;
use super::hal::{self, Dma};

/// Disks that have a place.
const DISKS: usize = 8;
/// How long a disk may take, in seconds.
const PATIENCE: u64 = 5;
/// Requests that are kept for the next read.
const REQUESTS: usize = 8;
/// The number of a disk's only queue (virtio 1.2, 5.2.2).
const QUEUE: u32 = 0;
/// Descriptors of virtio-drivers' queue: a request is known by its first one's number.
const TOKENS: usize = 16;

static ALL: Lock<heapless::Vec<&'static Disk, DISKS>> = Lock::new(heapless::Vec::new());

/// virtio-drivers' half of a disk.
type Driver = VirtIOBlk<Dma, MmioTransport<'static>>;

/// A disk that answers.
struct Running {
    driver: Driver,
    doorbell: Registers<Window>,
}

/// A disk.
struct Disk {
    device: &'static str,
    kind: &'static str,
    blocks: u64,
    read_only: bool,
    /// None once the disk was given up.
    running: Lock<Option<Running>>,
    /// Requests that nobody uses at the moment.
    requests: Lock<heapless::Vec<Box<Request>, REQUESTS>>,
    /// Who waits for the request of each number. A permit may be left over from an earlier one, so whoever has it looks.
    ends: [Semaphore; TOKENS],
    reads: AtomicU64,
    errors: AtomicU64,
}

/// What device and driver tell each other about one read.
#[derive(Default)]
#[repr(C, align(128))]
struct Request {
    asked: BlkReq,
    answered: Line<BlkResp>,
}

/// On cache lines of its own: one that the device writes shares none with one that the driver writes.
#[derive(Default)]
#[repr(align(128))]
struct Line<T>(T);

/// Starts the disk behind `transport`.
pub fn start(
    device: &'static Device,
    window: Window,
    transport: MmioTransport<'static>,
    line: Checked<Interrupt>,
    tree: Option<&Tree<'_>>,
) -> Result<(), VirtioError> {
    hal::configure(tree, device.path)?;
    let kind = match transport.version() {
        MmioVersion::Legacy => "virtio-blk (legacy)",
        MmioVersion::Modern => "virtio-blk (modern)",
    };
    let driver = VirtIOBlk::new(transport)?;
    let (blocks, read_only) = (driver.capacity(), driver.readonly());
    let doorbell = Registers::new(window).map_err(|_| VirtioError::Small)?;
    let disk = Box::leak(Box::new(Disk {
        device: device.name,
        kind,
        blocks,
        read_only,
        running: Lock::new(Some(Running { driver, doorbell })),
        requests: Lock::new(heapless::Vec::new()),
        ends: [const { Semaphore::new(0) }; TOKENS],
        reads: AtomicU64::new(0),
        errors: AtomicU64::new(0),
    }));
    ALL.lock().push(disk).map_err(|_| VirtioError::TooMany)?;
    irq::handle(line, device.name, interrupt)?;
    Ok(())
}

/// The nth disk, to be shown.
pub fn disk(index: usize) -> Option<system::Disk<'static>> {
    let disk = nth(index)?;
    Some(system::Disk {
        device: disk.device,
        kind: disk.kind,
        blocks: disk.blocks,
        read_only: disk.read_only,
        reads: disk.reads.load(Relaxed),
        errors: disk.errors.load(Relaxed),
    })
}

/// Reads whole blocks; see [`system::Storage::read`].
pub fn read(index: usize, first: u64, into: &mut [u8]) -> Result<(), DiskError> {
    let disk = nth(index).ok_or(DiskError::NoDisk(index))?;
    let outcome = disk.read(first, into);
    let count = if outcome.is_ok() { &disk.reads } else { &disk.errors };
    count.fetch_add(1, Relaxed);
    outcome
}

fn nth(index: usize) -> Option<&'static Disk> {
    ALL.lock().get(index).copied()
}

/// Quiets every disk that signals, and wakes who waits for what has ended.
fn interrupt() {
    for index in 0.. {
        let Some(disk) = nth(index) else { break };
        if let Some(running) = disk.running.lock().as_mut() {
            running.driver.ack_interrupt();
            disk.wake_next(&mut running.driver);
        }
    }
}

impl Disk {
    fn read(&self, first: u64, into: &mut [u8]) -> Result<(), DiskError> {
        if into.is_empty() || !into.len().is_multiple_of(BLOCK) {
            return Err(DiskError::Length(into.len()));
        }
        let end = first.checked_add((into.len() / BLOCK) as u64).filter(|&end| end <= self.blocks);
        if end.is_none() {
            return Err(DiskError::PastTheEnd(first.max(self.blocks)));
        }
        let device = hal::device().ok_or(DiskError::Gone)?;
        if device.has_in_place(NonNull::from(&mut *into)) {
            return self.transfer(first, into);
        }
        let mut bounce = device.buffer(into.len(), BLOCK).map_err(|_| DiskError::NoMemory)?;
        let room = bounce.get_mut(..into.len()).ok_or(DiskError::NoMemory)?;
        self.transfer(first, room)?;
        into.copy_from_slice(room);
        Ok(())
    }

    /// Reads into bytes that the device can have as they are.
    fn transfer(&self, first: u64, into: &mut [u8]) -> Result<(), DiskError> {
        let mut request = self.requests.lock().pop().unwrap_or_default();
        let outcome = self.ask(first, into, &mut request);
        // One too many is freed.
        let _ = self.requests.lock().push(request);
        outcome
    }

    fn ask(&self, first: u64, into: &mut [u8], request: &mut Request) -> Result<(), DiskError> {
        let Request { asked, answered: Line(answered) } = request;
        let token = {
            let mut running = self.running.lock();
            let Running { driver, doorbell } = running.as_mut().ok_or(DiskError::Gone)?;
            // SAFETY: this function holds all three until the request has ended, or the device was reset and has no more
            // hand on them; nothing looks at them meanwhile.
            let token = unsafe { driver.read_blocks_nb(first as usize, asked, into, answered) };
            // virtio-drivers 0.13 asks whether the device wants to know without a barrier behind the store that tells, and compares
            // indices that wrap as if they didn't: now and then it wouldn't ring.
            fence(SeqCst);
            doorbell.queuenotify().set(QUEUE);
            token
        };
        let token = token.map_err(|error| disk_error(error, first))?;
        let patience = counter::frequency() * PATIENCE;
        let mut deadline = counter::now() + patience;
        let end = self.ends.get(usize::from(token)).ok_or(DiskError::Device(first))?;
        loop {
            let in_time = end.acquire_until(deadline);
            let mut running = self.running.lock();
            let Running { driver, .. } = running.as_mut().ok_or(DiskError::Gone)?;
            if driver.peek_used() == Some(token) {
                // SAFETY: the same three that this token was given for.
                let result = unsafe { driver.complete_read_blocks(token, asked, into, answered) };
                // From here on the device interrupts for the next end (virtio 1.2, 2.7.10); one that came before it knew that
                // is seen by the look that follows, if that isn't done first.
                fence(SeqCst);
                self.wake_next(driver);
                return result.map_err(|error| disk_error(error, first));
            }
            if in_time {
                continue;
            }
            if driver.peek_used().is_none() {
                self.give_up(&mut running);
                return Err(DiskError::TimedOut);
            }
            // The disk works; it's another thread that hasn't come to take what ended before.
            self.wake_next(driver);
            deadline = counter::now() + patience;
        }
    }

    /// Wakes who waits for the first request that has ended; that one wakes the next.
    fn wake_next(&self, driver: &mut Driver) {
        let token = driver.peek_used();
        if let Some(end) = token.and_then(|token| self.ends.get(usize::from(token))) {
            end.release();
        }
    }

    /// Resets the disk: dropping its transport clears the Status register, after which it touches no memory (virtio 1.2,
    /// 2.4.2).
    ///
    /// Whoever else waits finds it gone.
    fn give_up(&self, running: &mut Option<Running>) {
        error!("{}: no answer within {PATIENCE} s: reset, and left alone", self.device);
        *running = None;
        self.ends.iter().for_each(Semaphore::release);
    }
}

fn disk_error(error: Error, first: u64) -> DiskError {
    match error {
        Error::QueueFull | Error::DmaError => DiskError::NoMemory,
        _ => DiskError::Device(first),
    }
}
