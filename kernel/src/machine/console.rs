//! The console: whom the kernel talks to.

use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use core::time::Duration;

use drivers::pl011::{Baud, Pl011};
use drivers::{Console as _, ConsoleError};
use hardware::board::{Device, Driver, Interrupt, Window};
use hardware::check::Checked;
use kernel_core::sched::ThreadId;
use kernel_sync::Once;

use crate::arch::mmio;
use crate::arch::mmu::Memory;
use crate::log::warning;
use crate::mm::device::{DeviceError, map_device};
use crate::sched;
use crate::sync::Lock;

use super::irq::{self, LineError};

/// Received bytes that wait for the shell.
const QUEUE: usize = 1024;
/// Errors in a row after which the device isn't listened to.
const ERRORS: u32 = 64;

static UART: Lock<Option<Uart>> = Lock::new(None);
/// The same device, for a panic to write to whoever has the lock: each register access is complete in itself.
static ASIDE: Once<Pl011<mmio::Shared>> = Once::new();
static RECEIVED: Lock<heapless::Deque<u8, QUEUE>> = Lock::new(heapless::Deque::new());
/// Whether the last byte found no room: told once, not for every byte.
static LOSING: AtomicBool = AtomicBool::new(false);
/// The number of the thread that reads; none yet: beyond all.
static READER: AtomicU32 = AtomicU32::new(u32::MAX);
/// The transmitter didn't move when it was waited for: it isn't waited for again before it does.
static STUCK: AtomicBool = AtomicBool::new(false);
/// Looks at a transmitter without room, one after the other, after which it is stuck.
const LOOKS: u32 = 1_000_000;
/// How often a console without an interrupt is looked at.
const POLL: Duration = Duration::from_millis(10);
/// Whether the line's interrupt fills the queue; else reading polls.
static BY_INTERRUPT: AtomicBool = AtomicBool::new(false);

struct Uart {
    device: &'static Device,
    pl011: Pl011<mmio::Shared>,
    /// Receive errors in a row.
    errors: u32,
}

/// Why a device isn't the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Its driver isn't a console's.
    #[error("no console driver")]
    NoDriver,
    /// Its window can't be had.
    #[error(transparent)]
    Window(#[from] DeviceError),
    /// The device doesn't do what it should.
    #[error(transparent)]
    Device(#[from] ConsoleError),
}

/// Writes to the console; `\n` goes out as `\r\n`. Silent while there is none.
#[derive(Debug, Clone, Copy)]
pub struct Console;

/// Makes `device` the console: from now on it prints.
pub fn open(device: &'static Device, window: Checked<Window>, baud: Baud) -> Result<(), OpenError> {
    let pl011 = match device.driver {
        Some(Driver::Pl011) if cfg!(driver = "pl011") => {
            Pl011::new(map_device(device.name, window, Memory::Device)?.share(), baud)?
        }
        Some(
            Driver::Pl011
            | Driver::GicV2
            | Driver::GicV3
            | Driver::ArmTimer
            | Driver::Psci
            | Driver::Pl031
            | Driver::VirtioMmio,
        )
        | None => {
            return Err(OpenError::NoDriver);
        }
    };
    // Cannot be set: one console is opened.
    let _ = ASIDE.set(pl011);
    *UART.lock() = Some(Uart { device, pl011, errors: 0 });
    Ok(())
}

/// Which device is the console.
pub fn device() -> Option<&'static Device> {
    UART.lock().as_ref().map(|uart| uart.device)
}

/// Lets received bytes come by interrupt.
pub fn receive_by_interrupt(line: Checked<Interrupt>, device: &'static str) -> Result<(), LineError> {
    irq::handle(line, device, interrupt)?;
    if let Some(uart) = UART.lock().as_mut() {
        uart.pl011.enable_receive_interrupt();
    }
    BY_INTERRUPT.store(true, Relaxed);
    Ok(())
}

/// The next received byte; waits for one. For one thread.
pub fn wait() -> u8 {
    READER.store(sched::current().0.into(), Relaxed);
    loop {
        let by_interrupt = BY_INTERRUPT.load(Relaxed);
        if !by_interrupt {
            receive();
        }
        if let Some(byte) = RECEIVED.lock().pop_front() {
            return byte;
        }
        match by_interrupt {
            true => sched::park(),
            false => sched::sleep(POLL),
        }
    }
}

/// What the line's interrupt does.
fn interrupt() {
    receive();
    if let Some(reader) = u16::try_from(READER.load(Relaxed)).ok().filter(|_| !RECEIVED.lock().is_empty()) {
        sched::unpark(ThreadId(reader));
    }
}

/// Moves what the device has received to the queue. A device that answers with nothing but errors is no longer
/// listened to: it would keep the core busy for ever.
fn receive() {
    let mut uart = UART.lock();
    let Some(uart) = uart.as_mut().filter(|uart| uart.errors < ERRORS) else { return };
    uart.pl011.acknowledge_receive_interrupt();
    // Bounded, so that a sender who never stops doesn't keep the handler from returning.
    for _ in 0..QUEUE {
        match uart.pl011.read_byte() {
            Ok(Some(byte)) => {
                uart.errors = 0;
                queue(byte);
            }
            Ok(None) => return,
            Err(error) => {
                warning!("console: {error}");
                uart.errors += 1;
                if uart.errors == ERRORS {
                    return irq::hold_back(uart.device.name);
                }
            }
        }
    }
}

fn queue(byte: u8) {
    let mut received = RECEIVED.lock();
    if received.is_full() {
        if !LOSING.swap(true, Relaxed) {
            warning!("console: input lost, {QUEUE} bytes wait already");
        }
    } else {
        LOSING.store(false, Relaxed);
        // Cannot fail: it isn't full.
        let _ = received.push_back(byte);
    }
}

impl fmt::Write for Console {
    /// The lock, and so the interrupt mask, is held while the device takes what it has room for: a line of text takes it
    /// milliseconds to send.
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text.as_bytes();
        let mut looks = if STUCK.load(Relaxed) { 1 } else { LOOKS };
        while !rest.is_empty() && looks > 0 {
            let taken = offer(rest);
            rest = rest.get(taken..).unwrap_or_default();
            looks = if taken > 0 { LOOKS } else { looks - 1 };
        }
        // That can't be told on the console, and the log has the text anyway.
        STUCK.store(!rest.is_empty(), Relaxed);
        Ok(())
    }
}

/// How many bytes of `text` the console has taken; without one, all.
fn offer(text: &[u8]) -> usize {
    UART.lock().as_mut().map_or(text.len(), |uart| uart.pl011.offer_text(text))
}

/// As [`Console`], past the lock.
pub fn write_in_panic(text: &str) {
    if let Some(mut pl011) = ASIDE.get() {
        // One that doesn't move is given up.
        let _ = pl011.write_text(text);
    }
}
