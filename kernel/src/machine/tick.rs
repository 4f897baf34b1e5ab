//! The timer's tick: what wakes a core that waits for nothing else, and proof that interrupts arrive.

use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use drivers::timer::{ArmTimer, Ticks};
use hardware::board::Interrupt;
use hardware::check::Checked;

use crate::arch::timer::VirtualTimer;
use crate::sync::Lock;

use super::init_error::InitError;
use super::irq;

/// Ticks a second.
const RATE: u64 = 100;

static TIMER: Lock<Option<ArmTimer<VirtualTimer>>> = Lock::new(None);
static RUNS: AtomicBool = AtomicBool::new(false);

/// Starts ticking through the controller.
pub fn start(line: Checked<Interrupt>, device: &'static str) -> Result<(), InitError> {
    let mut timer = ArmTimer::new(VirtualTimer)?;
    let frequency = timer.frequency().0;
    irq::handle(line, device, tick)?;
    timer.start_ticking(Ticks(frequency / RATE))?;
    *TIMER.lock() = Some(timer);
    RUNS.store(true, Relaxed);
    Ok(())
}

/// Whether ticks come.
pub fn runs() -> bool {
    RUNS.load(Relaxed)
}

fn tick() {
    if let Some(timer) = TIMER.lock().as_mut() {
        // Only its interrupt counts; missed ticks have nobody to go to.
        timer.tick();
    }
}
