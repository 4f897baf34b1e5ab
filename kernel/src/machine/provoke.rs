//! Panics that the shell asks for, to see what they tell.

use core::fmt::{self, Write as _};
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};
use core::time::Duration;

use kernel_core::sched::{CpuSet, Priority};
use kernel_core::system::Provoked;

use crate::arch::counter;
use crate::log::info;
use crate::sched::{self, Spawn, SpawnError};
use crate::sync::Masked;

use super::console::Console;

/// How long a core stays masked that no panic can stop: longer than a panic waits for it.
const MASKED: Duration = Duration::from_secs(3);
/// How long cores are busy before one panics.
const BUSY: Duration = Duration::from_millis(50);

/// Ends the kernel; comes back where threads for it can't be made.
pub fn provoke(how: Provoked) -> Result<(), SpawnError> {
    match how {
        Provoked::Panic => panic!("asked for by the shell"),
        Provoked::PanicTwice => panic!("{}", Unspeakable),
        Provoked::StackOverflow => overflow(),
        Provoked::Elsewhere => elsewhere()?,
        Provoked::Together => together()?,
        Provoked::Masked => masked()?,
    }
    Ok(())
}

/// What can't be said without a panic.
struct Unspeakable;

impl fmt::Display for Unspeakable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("asked for by the shell, in the report of a panic");
    }
}

/// Fills a thread's stack; this one's, where there is no other.
fn overflow() {
    match sched::spawn("overflow", || fill_stack(1)) {
        Ok(thread) => thread.join(),
        Err(_) => fill_stack(1),
    }
}

/// Calls itself until there is no stack left; what it keeps is looked at after each call, so no call can replace another.
fn fill_stack(depth: u64) {
    let frame = core::hint::black_box([depth; 16]);
    if depth != 0 {
        fill_stack(depth + 1);
    }
    core::hint::black_box(frame);
}

/// One core panics while this one prints and all others write to the log.
fn elsewhere() -> Result<(), SpawnError> {
    let (here, all) = (sched::this_cpu(), sched::online());
    let other = all.iter().filter(|cpu| *cpu != here).last().unwrap_or(here);
    for cpu in all.iter().filter(|cpu| *cpu != here && *cpu != other) {
        Spawn::new("busy").affinity(CpuSet::only(cpu)).run(move || log_for_ever(cpu))?;
    }
    Spawn::new("panic").affinity(CpuSet::only(other)).run(|| {
        sched::sleep(BUSY);
        panic!("asked for by the shell, on another core");
    })?;
    let mut out = Console;
    loop {
        // The console's writer has no errors.
        let _ = writeln!(out, "the shell goes on, whatever another core does");
    }
}

fn log_for_ever(cpu: usize) {
    loop {
        info!("CPU {cpu} goes on");
    }
}

/// All cores panic at once.
fn together() -> Result<(), SpawnError> {
    static MISSING: AtomicU32 = AtomicU32::new(0);
    let (here, all) = (sched::this_cpu(), sched::online());
    MISSING.store(all.iter().count() as u32, Relaxed);
    let one = |cpu: usize| {
        // No core is stopped before it has panicked itself.
        let _masked = Masked::new();
        MISSING.fetch_sub(1, Relaxed);
        while MISSING.load(Relaxed) > 0 {
            core::hint::spin_loop();
        }
        panic!("asked for by the shell, on CPU {cpu}");
    };
    for cpu in all.iter().filter(|cpu| *cpu != here) {
        Spawn::new("panic").priority(Priority::HIGHEST).affinity(CpuSet::only(cpu)).run(move || one(cpu))?;
    }
    // Last, as nobody else runs here from then on.
    Spawn::new("panic").priority(Priority::HIGHEST).affinity(CpuSet::only(here)).run(move || one(here))?.join();
    Ok(())
}

/// This core panics while another lets no interrupts in; when the report is over, that one panics too.
fn masked() -> Result<(), SpawnError> {
    static THERE: AtomicBool = AtomicBool::new(false);
    let here = sched::this_cpu();
    let other = sched::online().iter().filter(|cpu| *cpu != here).last().unwrap_or(here);
    Spawn::new("masked").priority(Priority::HIGHEST).affinity(CpuSet::only(other)).run(|| {
        let _masked = Masked::new();
        let until = counter::now() + sched::ticks(MASKED);
        THERE.store(true, Release);
        while counter::now() < until {}
        panic!("asked for by the shell, with interrupts masked");
    })?;
    while !THERE.load(Acquire) {
        core::hint::spin_loop();
    }
    panic!("asked for by the shell, while a core is masked");
}
