//! What a core does without work: sleeps until an interrupt.

use kernel_core::sched::{Priority, ThreadId};

use crate::arch::cpu;

use super::table::{self, SpawnError};
use super::{clock, queues, run};

/// The thread that the calling core runs when it has no other.
pub(super) fn prepare() -> Result<ThreadId, SpawnError> {
    table::reserve("idle", Priority::LOWEST, rest_for_ever)
}

/// The calling flow of control becomes this core's idle thread, and the core takes threads from now on.
pub fn run_idle() -> ! {
    clock::stop();
    let idle = queues::earlier_idle().map_or_else(|| table::adopt("idle", Priority::LOWEST), Ok);
    match idle {
        Ok(idle) => {
            let here = queues::lock_here();
            crate::arch::per_cpu::set_current(here.masked(), idle.0);
            queues::open(here, idle);
        }
        Err(cause) => crate::log::error!("a core takes no threads: {cause}"),
    }
    cpu::unmask_interrupts();
    rest()
}

fn rest_for_ever() {
    rest()
}

fn rest() -> ! {
    loop {
        if let Some(masked) = run::next_or_idle() {
            #[cfg(preset_feature = "cpu-hotplug")]
            if !queues::online().has(crate::arch::per_cpu::index(&masked)) {
                // Nothing is due here any more, and a signal that was left on would wait for the core when it comes again.
                clock::stop();
                crate::machine::hotplug::go_off();
                continue;
            }
            // Wakes for a masked interrupt too, so none is slept over (DDI 0487, D1.6.2).
            cpu::wait_for_interrupt();
            drop(masked);
        }
    }
}
