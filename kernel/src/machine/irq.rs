//! Interrupts: from the vector to the handler of the line.

use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

use drivers::verify::{self, VerifyError};
use drivers::{CpuInterface as _, CpuTarget, InterruptController as _, InterruptError, Intid, Priority};
use hardware::board::Interrupt;
use hardware::check::Checked;
use kernel_core::system::Line;
use kernel_sync::Once;

use crate::arch::cpu;
use crate::log::warning;
use crate::sync::Lock;

use super::controller::{Controller, Interface};

/// Lines that can have a handler.
const LINES_MAX: usize = 64;

static CONTROLLER: Lock<Option<Controller>> = Lock::new(None);
/// Each core's side of the controller.
static INTERFACE: Once<Interface> = Once::new();
/// In INTID order.
static LINES: Lock<heapless::Vec<Handled, LINES_MAX>> = Lock::new(heapless::Vec::new());
/// Interrupts that were none.
static SPURIOUS: AtomicU64 = AtomicU64::new(0);
/// Interrupts of lines without a handler.
static UNHANDLED: AtomicU64 = AtomicU64::new(0);

struct Handled {
    interrupt: Interrupt,
    device: &'static str,
    handler: fn(),
    count: u64,
}

/// Why a line has no handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// No controller was started.
    #[error("there is no interrupt controller")]
    NoController,
    /// Another device has the line.
    #[error("{0} is another device's")]
    Taken(Interrupt),
    /// All places are taken.
    #[error("more than {LINES_MAX} lines have handlers")]
    TooMany,
    /// The controller refused.
    #[error(transparent)]
    Controller(#[from] InterruptError),
}

/// Takes over the controller, which has started with this core, once it has shown that it works; interrupts are still masked.
/// The first one stays: a machine has one that cores take interrupts by.
pub fn use_controller(mut controller: Controller) -> Result<(), VerifyError> {
    let interface = controller.interface();
    verify::verify(&mut controller, &interface, cpu::has_pending_interrupt)?;
    if INTERFACE.set(interface).is_ok() {
        *CONTROLLER.lock() = Some(controller);
    }
    Ok(())
}

/// Starts the calling core's side of the controller; its interrupts may be let in from now on.
pub fn start_cpu() -> Result<CpuTarget, LineError> {
    Ok(CONTROLLER.lock().as_mut().ok_or(LineError::NoController)?.start_cpu()?)
}

/// How many lines the controller has.
pub fn lines() -> Option<u32> {
    CONTROLLER.lock().as_ref().map(|controller| controller.lines())
}

/// Lets a line through; from now on `handler` runs when it signals. `device` is whose it is, for people.
pub fn handle(line: Checked<Interrupt>, device: &'static str, handler: fn()) -> Result<(), LineError> {
    let interrupt = line.get();
    let intid = Intid(interrupt.intid());
    let mut controller = CONTROLLER.lock();
    let controller = controller.as_mut().ok_or(LineError::NoController)?;
    let mut lines = LINES.lock();
    if lines.iter().any(|line| line.interrupt.intid() == intid.0) {
        return Err(LineError::Taken(interrupt));
    }
    controller.configure(intid, interrupt.trigger, Priority::DEFAULT)?;
    let index = lines.iter().take_while(|line| line.interrupt.intid() < intid.0).count();
    let handled = Handled { interrupt, device, handler, count: 0 };
    lines.insert(index, handled).map_err(|_| LineError::TooMany)?;
    controller.enable(intid)?;
    Ok(())
}

/// What the vector calls: every interrupt that is pending is handled.
pub fn interrupt() {
    let mut any = false;
    let Some(interface) = INTERFACE.get() else { return };
    while let Some(taken) = interface.acknowledge() {
        any = true;
        match count(taken.intid()) {
            Some(handler) => handler(),
            None => unclaimed(taken.intid()),
        }
        interface.end(taken);
    }
    if !any {
        SPURIOUS.fetch_add(1, Relaxed);
    }
}

/// Counts the line's interrupt and gives its handler, to be called without the lock.
fn count(intid: Intid) -> Option<fn()> {
    let mut lines = LINES.lock();
    let line = lines.iter_mut().find(|line| line.interrupt.intid() == intid.0)?;
    line.count += 1;
    Some(line.handler)
}

/// Nobody will ever quiet this line.
fn unclaimed(intid: Intid) {
    UNHANDLED.fetch_add(1, Relaxed);
    warning!("INTID {} came without a handler", intid.0);
    disable(intid);
}

/// Lets the lines of `device` signal no more: its handler can't quiet them.
pub fn hold_back(device: &str) {
    // The lines' lock is taken inside the controller's elsewhere, so not the other way round here.
    let of_device = |from: u32| {
        let lines = LINES.lock();
        let mut intids = lines.iter().filter(|line| line.device == device).map(|line| line.interrupt.intid());
        intids.find(|&intid| intid >= from)
    };
    let mut next = 0;
    while let Some(intid) = of_device(next) {
        disable(Intid(intid));
        next = intid + 1;
    }
}

fn disable(line: Intid) {
    match CONTROLLER.lock().as_mut().map(|controller| controller.disable(line)) {
        Some(Ok(())) | None => warning!("INTID {} is held back", line.0),
        Some(Err(cause)) => warning!("INTID {} can't be held back: {cause}", line.0),
    }
}

/// The nth line with a handler, in INTID order.
pub fn line(index: usize) -> Option<Line<'static>> {
    let controller = CONTROLLER.lock();
    let lines = LINES.lock();
    let line = lines.get(index)?;
    let state = controller.as_ref().map(|controller| controller.state(Intid(line.interrupt.intid())));
    let enabled = matches!(state, Some(Ok(state)) if state.enabled);
    Some(Line { interrupt: line.interrupt, device: line.device, enabled, count: line.count })
}

/// Interrupts that were none.
pub fn spurious() -> u64 {
    SPURIOUS.load(Relaxed)
}

/// Interrupts of lines without a handler.
pub fn unhandled() -> u64 {
    UNHANDLED.load(Relaxed)
}
