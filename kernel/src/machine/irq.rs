//! Interrupts: from the vector to the handler of the line, without a lock on the way.

use core::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};

use drivers::verify::{self, Inspect as _, VerifyError};
use drivers::{
    CpuInterface as _, CpuTarget, InterruptController as _, InterruptError, Intid, Priority, SgiTarget, Taken,
};
use hardware::board::{Interrupt, Trigger};
use hardware::check::Checked;
use kernel_core::system::{Count, Line};
use kernel_sync::Once;

use crate::arch::cpu;
use crate::arch::per_cpu::{self, CPUS_MAX};
use crate::counts;
use crate::log::warning;
use crate::sched;
use crate::sync::{Lock, Masked};

use super::controller::{Controller, Interface};
use super::stop;

/// Lines that can have a handler.
const LINES_MAX: usize = 64;
/// INTIDs that a controller can have (IHI 0069H, 2.2; the extended ranges aren't used here).
const INTIDS: usize = 1020;
/// The first line that all cores share; those below are each core's own.
const SHARED: u32 = 32;
/// The boot core's number.
const BOOT: usize = 0;
/// The software-generated interrupt that makes a core look at its queues.
const KICK: Intid = Intid(0);
/// The one that makes a core stop for good. 1 is `bench`'s.
const STOP: Intid = Intid(2);

static CONTROLLER: Lock<Option<Controller>> = Lock::new(None);
/// Each core's side of the controller.
static INTERFACE: Once<Interface> = Once::new();
/// The cores as the controller names them, by number.
static TARGETS: [Once<CpuTarget>; CPUS_MAX] = [const { Once::new() }; CPUS_MAX];
/// The lines that have a handler, in the order in which they got it.
static LINES: [Handled; LINES_MAX] = [const { Handled::new() }; LINES_MAX];
/// By INTID: the index of its line, plus one; 0 where it has none.
static BY_INTID: [AtomicU8; INTIDS] = [const { AtomicU8::new(0) }; INTIDS];
/// A line with its handler; each part is set once, under the controller's lock.
struct Handled {
    handler: Once<fn()>,
    /// Whose it is; a software interrupt is nobody's.
    about: Once<(Interrupt, &'static str)>,
    count: AtomicU64,
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
        start_cpu()?;
    }
    Ok(())
}

/// Starts the calling core's side of the controller, once it has shown that it works, with the lines that each core has for
/// itself; its interrupts may be let in from now on.
pub fn start_cpu() -> Result<(), VerifyError> {
    let mut controller = CONTROLLER.lock();
    let index = per_cpu::index(controller.masked());
    let Some(controller) = controller.as_mut() else { return Ok(()) };
    let target = controller.start_cpu()?;
    if index != BOOT {
        // The boot core has shown it with the lines that all share.
        verify::verify_cpu(controller, &controller.interface(), cpu::has_pending_interrupt)?;
    }
    for line in [KICK, STOP] {
        // Its way of signalling is fixed.
        controller.configure(line, Trigger::EdgeRising, Priority::DEFAULT)?;
        controller.enable(line)?;
    }
    for (interrupt, _) in LINES.iter().filter_map(|line| line.about.get()).filter(|(line, _)| line.intid() < SHARED) {
        controller.configure(Intid(interrupt.intid()), interrupt.trigger, Priority::DEFAULT)?;
        controller.enable(Intid(interrupt.intid()))?;
    }
    // From here on it can be kicked. A core that starts anew has the name that it had.
    let _ = TARGETS.get(index).map(|known| known.set(target));
    Ok(())
}

/// No interrupt comes to the calling core any more, until it starts again: the lines that cores share go to the boot core.
#[cfg(preset_feature = "cpu-hotplug")]
pub fn stop_cpu() -> Result<(), InterruptError> {
    let mut controller = CONTROLLER.lock();
    let Some(controller) = controller.as_mut() else { return Ok(()) };
    if let Some(target) = TARGETS.first().and_then(Once::get) {
        for (interrupt, _) in
            LINES.iter().filter_map(|line| line.about.get()).filter(|(line, _)| line.intid() >= SHARED)
        {
            controller.route(Intid(interrupt.intid()), target)?;
        }
    }
    controller.stop_cpu()
}

/// How many CPUs the controller is made for.
pub fn cpus() -> Option<u32> {
    CONTROLLER.lock().as_ref().map(|controller| controller.cpus())
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
    let place = BY_INTID.get(intid.0 as usize).ok_or(InterruptError::NoSuchLine)?;
    if place.load(Relaxed) != 0 {
        return Err(LineError::Taken(interrupt));
    }
    let free = LINES.iter().zip(1..).find(|(line, _)| line.handler.get().is_none());
    let (handled, number) = free.ok_or(LineError::TooMany)?;
    controller.configure(intid, interrupt.trigger, Priority::DEFAULT)?;
    // Cannot be set: the place is free, and the controller's lock is held.
    let _ = handled.handler.set(handler);
    let _ = handled.about.set((interrupt, device));
    place.store(number, Relaxed);
    controller.enable(intid)?;
    Ok(())
}

/// What the vector calls: every interrupt that is pending is handled.
pub fn interrupt() {
    let Some(interface) = INTERFACE.get() else { return };
    let Some(taken) = interface.acknowledge() else {
        return counts::add(&Masked::new(), Count::Spurious);
    };
    one(&interface, taken);
    while let Some(taken) = interface.acknowledge() {
        one(&interface, taken);
    }
}

#[inline(always)]
fn one(interface: &Interface, taken: Taken) {
    let intid = taken.intid();
    match handler(intid) {
        Some(handler) => handler(),
        None if intid == KICK => sched::kicked(),
        None => unclaimed(intid),
    }
    interface.end(taken);
    // Behind the handler, which is what waits.
    counts::add(&Masked::new(), Count::Interrupts);
}

/// Counts the line's interrupt and gives its handler.
#[inline(always)]
fn handler(intid: Intid) -> Option<fn()> {
    let number = BY_INTID.get(intid.0 as usize)?.load(Relaxed);
    let line = LINES.get(usize::from(number).wrapping_sub(1))?;
    line.count.fetch_add(1, Relaxed);
    line.handler.get()
}

/// The end, or nobody will ever quiet this line.
#[cold]
fn unclaimed(intid: Intid) {
    if intid == STOP {
        stop::park();
    }
    counts::add(&Masked::new(), Count::Unhandled);
    warning!("INTID {} came without a handler", intid.0);
    disable(intid);
}

/// From now on `handler` runs when a core sends itself `sgi` by [`send_to_self`], on this core.
#[cfg(command = "bench")]
pub fn handle_software(sgi: Intid, handler: fn()) -> Result<(), LineError> {
    let mut controller = CONTROLLER.lock();
    let controller = controller.as_mut().ok_or(LineError::NoController)?;
    let place = BY_INTID.get(sgi.0 as usize).ok_or(InterruptError::NoSuchLine)?;
    if place.load(Relaxed) == 0 {
        let free = LINES.iter().zip(1..).find(|(line, _)| line.handler.get().is_none());
        let (handled, number) = free.ok_or(LineError::TooMany)?;
        // Cannot be set: the place is free, and the controller's lock is held.
        let _ = handled.handler.set(handler);
        place.store(number, Relaxed);
    }
    controller.configure(sgi, Trigger::EdgeRising, Priority::DEFAULT)?;
    Ok(controller.enable(sgi)?)
}

/// Interrupts the core that calls this.
#[cfg(command = "bench")]
#[inline(always)]
pub fn send_to_self(sgi: Intid) {
    let target = TARGETS.get(per_cpu::index(&Masked::new())).and_then(Once::get);
    if let (Some(interface), Some(target)) = (INTERFACE.get(), target) {
        // Cannot fail: see `kick`.
        let _ = interface.send(sgi, SgiTarget::Cpu(target));
    }
}

/// Interrupts the core numbered `cpu`, which then looks at its queues.
pub fn kick(cpu: usize) {
    send(KICK, cpu);
}

/// Interrupts the core numbered `cpu`, which then stops for good.
pub fn stop(cpu: usize) {
    send(STOP, cpu);
}

#[inline(always)]
fn send(sgi: Intid, cpu: usize) {
    let target = TARGETS.get(cpu).and_then(Once::get);
    if let (Some(interface), Some(target)) = (INTERFACE.get(), target) {
        // Cannot fail: the controller has that interrupt, and the target is its own word.
        let _ = interface.send(sgi, SgiTarget::Cpu(target));
    }
}

/// Lets the lines of `device` signal no more: its handler can't quiet them.
pub fn hold_back(device: &str) {
    let lines = LINES.iter().filter_map(|line| line.about.get());
    for (interrupt, _) in lines.filter(|(_, owner)| *owner == device) {
        disable(Intid(interrupt.intid()));
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
    let numbers = BY_INTID.iter().map(|place| usize::from(place.load(Relaxed)));
    let mut known = numbers.filter_map(|number| {
        let line = LINES.get(number.checked_sub(1)?)?;
        Some((line, line.about.get()?))
    });
    let (handled, (interrupt, device)) = known.nth(index)?;
    let controller = CONTROLLER.lock();
    let state = controller.as_ref().map(|controller| controller.state(Intid(interrupt.intid())));
    let enabled = matches!(state, Some(Ok(state)) if state.enabled);
    Some(Line { interrupt, device, enabled, count: handled.count.load(Relaxed) })
}

impl Handled {
    const fn new() -> Self {
        Self { handler: Once::new(), about: Once::new(), count: AtomicU64::new(0) }
    }
}
