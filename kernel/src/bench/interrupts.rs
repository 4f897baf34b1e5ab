//! Interrupts: from the signal to the handler.

use core::sync::atomic::{AtomicU64, Ordering};

use drivers::Intid;
use kernel_core::system::Measured;

use crate::arch::counter;
use crate::machine::irq;

use super::ROUNDS;

/// A software interrupt that nothing else uses.
const SIGNAL: Intid = Intid(1);

/// From a signal that the core sends itself to the first instruction of the handler; the sending is part of it.
pub(super) fn entry() -> Result<Measured, &'static str> {
    static HANDLED: AtomicU64 = AtomicU64::new(0);
    irq::handle_software(SIGNAL, || HANDLED.store(counter::now(), Ordering::Relaxed))
        .map_err(|_| "no interrupt controller")?;
    let mut ticks = 0;
    for _ in 0..ROUNDS {
        HANDLED.store(0, Ordering::Relaxed);
        let sent = counter::now();
        irq::send_to_self(SIGNAL);
        let handled = loop {
            match HANDLED.load(Ordering::Relaxed) {
                0 => core::hint::spin_loop(),
                handled => break handled,
            }
        };
        ticks += handled - sent;
    }
    Ok(Measured::new(ticks, ROUNDS))
}
