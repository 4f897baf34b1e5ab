//! Disks: virtio-blk (virtio 1.2, 5.2).
//!
//! A read puts a request into the queue and sleeps until the interrupt's handler has taken the answer. A disk that doesn't
//! answer in time, answers what nobody asked, or says that it can't go on is reset, which takes its hands off all memory, and left
//! alone from then on. That takes a thread: the reader that waited for too long, or the worker, to whom the handler leaves it.

use core::ptr::NonNull;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use core::time::Duration;

use alloc::boxed::Box;

use drivers::virtio_blk::{self, AnswerError, Lengths, Requests};
use hardware::board::{Device, Interrupt};
use hardware::check::Checked;
use hardware::tree::Tree;
use kernel_core::system::{self, BLOCK, DiskError};
use kernel_sync::Work;
use virtio_drivers::transport::InterruptStatus;
use virtio_drivers::transport::mmio::MmioTransport;

use crate::arch::counter;
use crate::log::{error, warning};
use crate::machine::irq;
use crate::sched;
use crate::sync::{Lock, Semaphore};
use crate::worker;

use super::VirtioError;
use super::hal;
use super::queue::{Lent, Queue, REQUESTS};

/// Disks that have a place.
const DISKS: usize = 8;
/// How long a disk may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a disk is looked at where no clock tells how long it took.
const LOOKS: u32 = 10_000_000;

static ALL: Lock<heapless::Vec<&'static Disk, DISKS>> = Lock::new(heapless::Vec::new());

/// A disk.
struct Disk {
    device: &'static str,
    kind: &'static str,
    lengths: Lengths,
    read_only: bool,
    blocks: AtomicU64,
    state: Lock<State>,
    /// Permits for places among the requests.
    room: Semaphore,
    /// A permit for each request that ended, by its place.
    ends: [Semaphore; REQUESTS],
    reads: AtomicU64,
    errors: AtomicU64,
}

/// What threads and the handler share.
struct State {
    /// `None` once the disk is given up.
    queue: Option<Queue>,
    /// Why it is given up; asked for nothing any more.
    trouble: Option<Trouble>,
    requests: Requests<Lent, Result<(), DiskError>, REQUESTS>,
    /// Answers until now.
    answers: u64,
}

/// Why a disk is given up.
#[derive(Debug, Clone, Copy, thiserror::Error)]
enum Trouble {
    #[error("no answer within {} s", PATIENCE.as_secs())]
    Silent,
    #[error("it says that it can't go on")]
    Stuck,
    #[error("an answer by descriptor {0}, by which nothing was asked")]
    Unasked(u16),
}

/// What the handler leaves to the worker.
static CHANGES: Work = Work::new(|| (0..).map_while(nth).for_each(Disk::look));

/// Starts the disk behind `transport`.
pub fn start(
    device: &'static Device,
    transport: MmioTransport<'static>,
    line: Checked<Interrupt>,
    tree: Option<&Tree<'_>>,
) -> Result<(), VirtioError> {
    if ALL.lock().is_full() {
        return Err(VirtioError::TooMany);
    }
    worker::start()?;
    hal::configure(tree, device.path)?;
    let (queue, about) = Queue::start(transport)?;
    let disk = Box::leak(Box::new(Disk {
        device: device.name,
        kind: about.kind,
        lengths: about.lengths,
        read_only: about.read_only,
        blocks: AtomicU64::new(about.blocks),
        state: Lock::new(State { queue: Some(queue), trouble: None, requests: Requests::new(), answers: 0 }),
        room: Semaphore::new(REQUESTS),
        ends: [const { Semaphore::new(0) }; REQUESTS],
        reads: AtomicU64::new(0),
        errors: AtomicU64::new(0),
    }));
    // Cannot fail: one core starts devices.
    let _ = ALL.lock().push(disk);
    // Behind that: a change that is signalled already has to be acknowledged, or the line never rests.
    irq::handle(line, device.name, interrupt).inspect_err(|_| {
        ALL.lock().pop();
        let queue = disk.state.lock().queue.take();
        // One that doesn't say that it was reset keeps its queue.
        let _ = queue.map(Queue::reset);
    })?;
    Ok(())
}

/// The nth disk, to be shown.
pub fn disk(index: usize) -> Option<system::Disk<'static>> {
    let disk = nth(index)?;
    Some(system::Disk {
        device: disk.device,
        kind: disk.kind,
        blocks: disk.blocks.load(Relaxed),
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

/// Quiets every disk that signals, and takes its answers.
fn interrupt() {
    (0..).map_while(nth).for_each(Disk::signalled);
}

impl Disk {
    fn read(&self, first: u64, into: &mut [u8]) -> Result<(), DiskError> {
        if into.is_empty() || !into.len().is_multiple_of(BLOCK) {
            return Err(DiskError::Length(into.len()));
        }
        let blocks = self.blocks.load(Relaxed);
        let end = first.checked_add((into.len() / BLOCK) as u64).filter(|&end| end <= blocks);
        if end.is_none() {
            return Err(DiskError::PastTheEnd(first.max(blocks)));
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
        self.room.acquire();
        let place = self.state.lock().ask(Lent::new(first, into));
        let outcome = place.and_then(|place| self.wait(place));
        self.room.release();
        outcome
    }

    /// Waits until the request at `place` has ended.
    fn wait(&self, place: usize) -> Result<(), DiskError> {
        let end = self.ends.get(place).ok_or(DiskError::Gone)?;
        loop {
            let before = self.state.lock().answers;
            let in_time = acquire_in_time(end);
            let mut state = self.state.lock();
            if !in_time {
                // Its interrupt may have been lost.
                state.take_answers(self);
                if state.answers == before && state.trouble.is_none() {
                    state.trouble = Some(Trouble::Silent);
                }
            }
            if let Some(outcome) = state.requests.take(place) {
                if !in_time {
                    // There since it ended.
                    end.try_acquire();
                }
                return outcome;
            }
            // Else the disk works, on what others asked for.
            let is_over = state.trouble.is_some();
            drop(state);
            if is_over {
                self.give_up();
            }
        }
    }

    /// What the device's interrupt does.
    fn signalled(&self) {
        let mut state = self.state.lock();
        let Some(queue) = state.queue.as_mut() else { return };
        let has_changed = queue.quiet().contains(InterruptStatus::DEVICE_CONFIGURATION_INTERRUPT);
        state.take_answers(self);
        if has_changed || state.trouble.is_some() {
            worker::put_off(&CHANGES);
        }
    }

    /// Looks whether the device has more or fewer blocks than before, or can't go on.
    fn look(&self) {
        let (blocks, is_over) = {
            let mut state = self.state.lock();
            let Some(queue) = &state.queue else { return };
            let (blocks, is_stuck) = (queue.blocks(), queue.needs_reset());
            if is_stuck {
                state.trouble.get_or_insert(Trouble::Stuck);
            }
            (blocks, state.trouble.is_some())
        };
        if is_over {
            return self.give_up();
        }
        let Ok(blocks) = blocks else { return };
        let before = self.blocks.swap(blocks, Relaxed);
        if before != blocks {
            warning!("{}: {before} blocks have become {blocks}", self.device);
        }
    }

    fn judge(&self, lent: &Lent, written: u32, status: u8) -> Result<(), DiskError> {
        let first = lent.first;
        virtio_blk::check(status, written, lent.len() as u32, self.lengths).map_err(|cause| match cause {
            AnswerError::Failed | AnswerError::Unsupported => DiskError::Device(first),
            AnswerError::Length { written, due } => DiskError::Short { first, written, due },
            AnswerError::NoStatus | AnswerError::Status(_) => DiskError::Nonsense(first),
        })
    }

    /// Resets the disk, then ends all that it has. For a thread; the second one finds nothing to do.
    #[cold]
    fn give_up(&self) {
        let (queue, trouble) = {
            let mut state = self.state.lock();
            (state.queue.take(), state.trouble)
        };
        let (Some(queue), Some(trouble)) = (queue, trouble) else { return };
        let end = if queue.reset() { "reset, and left alone" } else { "left alone; it doesn't say that it was reset" };
        error!("{}: {trouble}: {end}", self.device);
        let outcome = match trouble {
            Trouble::Silent => DiskError::TimedOut,
            Trouble::Stuck | Trouble::Unasked(_) => DiskError::Gone,
        };
        for place in self.state.lock().requests.end_all(Err(outcome)) {
            self.ends.get(place).into_iter().for_each(Semaphore::release);
        }
    }
}

impl State {
    /// Puts a request into the queue; which place it has.
    fn ask(&mut self, lent: Lent) -> Result<usize, DiskError> {
        let queue = self.queue.as_mut().filter(|_| self.trouble.is_none()).ok_or(DiskError::Gone)?;
        // There is one: its permit was taken.
        let place = self.requests.free().ok_or(DiskError::NoMemory)?;
        // SAFETY: the place is free, and `transfer` holds what is lent until the request has ended: then it was answered, or the
        // device was reset.
        let token = unsafe { queue.ask(place, &lent) };
        self.requests.ask(place, token.map_err(|_| DiskError::NoMemory)?, lent);
        Ok(place)
    }

    /// Ends every request that the device has answered, and wakes who waits for it.
    fn take_answers(&mut self, disk: &Disk) {
        let Self { queue: Some(queue), trouble, requests, answers } = self else { return };
        while let Some(token) = queue.answered().filter(|_| trouble.is_none()) {
            let Some((place, lent)) = requests.asked(token) else {
                *trouble = Some(Trouble::Unasked(token));
                return;
            };
            // SAFETY: the token that `ask` got for this place, which keeps what was lent since.
            let answer = unsafe { queue.take(token, place, lent) };
            let outcome = match answer {
                Ok((written, status)) => disk.judge(lent, written, status),
                Err(_) => Err(DiskError::Nonsense(lent.first)),
            };
            requests.end(place, outcome);
            *answers += 1;
            disk.ends.get(place).into_iter().for_each(Semaphore::release);
        }
    }
}

/// Takes a permit in the time that a disk may take: whether there was one.
fn acquire_in_time(end: &Semaphore) -> bool {
    if sched::has_clock() {
        return end.acquire_until(counter::now().saturating_add(sched::ticks(PATIENCE)));
    }
    (0..LOOKS).any(|_| {
        sched::yield_now();
        end.try_acquire()
    })
}
