//! Stopping the other cores when a panic has begun.
//!
//! The core that reports interrupts all others, and each that takes the interrupt parks for good. One that waits for a lock with
//! interrupts masked parks there: its holder may never give it back. One that does neither in time still runs, and the report
//! has its name.

use core::sync::atomic::{AtomicU64, Ordering::Relaxed, Ordering::SeqCst, fence};

use kernel_core::sched::CpuSet;

use crate::arch::{cpu, per_cpu};

use super::{irq, last_words, patience};

/// How long cores have to stop. They need microseconds; the rest is for emulators on a busy host.
const PATIENCE_MS: u64 = 1000;

/// Cores that run the kernel, by number.
static PRESENT: AtomicU64 = AtomicU64::new(CpuSet::only(0).0);
/// Those of them that have stopped for good.
static STOPPED: AtomicU64 = AtomicU64::new(0);

/// The calling core runs the kernel from now on, and a panic has to stop it. Doesn't return if one has begun.
pub fn come() {
    PRESENT.fetch_or(here().0, Relaxed);
    // Either a core that panics finds it here, or it finds the panic.
    fence(SeqCst);
    if last_words::begun() {
        park();
    }
}

/// The calling core is about to go off, and takes no lock any more.
#[cfg(preset_feature = "cpu-hotplug")]
pub fn go() {
    PRESENT.fetch_and(!here().0, SeqCst);
}

/// Stops all cores but the calling one; those that don't stop in time.
pub fn stop_others() -> CpuSet {
    // After the panic was made known: see `come`.
    fence(SeqCst);
    let others = PRESENT.load(Relaxed) & !here().0;
    CpuSet(others).iter().for_each(irq::stop);
    // One that is on its way off when this begins is soon not there.
    let running = || PRESENT.load(SeqCst) & others & !STOPPED.load(SeqCst);
    patience::wait(PATIENCE_MS, || running() == 0);
    CpuSet(running())
}

/// Parks the calling core for good.
pub fn park() -> ! {
    // For good.
    let _ = cpu::mask_interrupts();
    // Whoever sees it stopped sees all that it wrote.
    STOPPED.fetch_or(here().0, SeqCst);
    cpu::halt()
}

/// The calling core waits for a lock, and a panic has begun: whoever has the lock may never give it back.
#[cold]
#[inline(never)]
pub fn waiting() -> ! {
    if last_words::is_speaking() {
        panic!("the report of a panic waits for a lock");
    }
    park()
}

/// The calling core.
fn here() -> CpuSet {
    CpuSet::only(per_cpu::number())
}
