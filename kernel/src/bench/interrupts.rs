//! Interrupts: from the signal to the handler.

use core::sync::atomic::{AtomicU64, Ordering};

use drivers::Intid;
use kernel_core::system::Measured;

use crate::arch::counter;
use crate::machine::irq;

use super::{ROUNDS, threads};

/// A software interrupt that nothing else uses.
const SIGNAL: Intid = Intid(1);
/// How often a round looks whether its interrupt has come, which is at once or never.
const LOOKS: u32 = 1_000_000;

/// When the handler ran; 0 before.
static HANDLED: AtomicU64 = AtomicU64::new(0);

/// From a signal that the core sends itself to the first instruction of the handler; the sending is part of it.
pub(super) fn entry() -> Result<Measured, &'static str> {
    // The signal is let through on the core that asks for it, so all of this stays there.
    threads::measured_here(|| {
        irq::handle_software(SIGNAL, || HANDLED.store(counter::now(), Ordering::Relaxed))
            .map_err(|_| "no interrupt controller")?;
        let mut ticks = 0;
        for _ in 0..ROUNDS {
            ticks += round().ok_or("the interrupt doesn't come")?;
        }
        Ok(Measured::new(ticks, ROUNDS))
    })
}

fn round() -> Option<u64> {
    HANDLED.store(0, Ordering::Relaxed);
    let sent = counter::now();
    irq::send_to_self(SIGNAL);
    let handled = (0..LOOKS).map(|_| HANDLED.load(Ordering::Relaxed)).find(|&handled| handled != 0)?;
    Some(handled - sent)
}
