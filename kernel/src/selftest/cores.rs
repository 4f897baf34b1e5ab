//! A core that goes off and comes back.

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use core::time::Duration;

use kernel_core::sched::CpuSet;
use kernel_core::system::{CoreError, Outcome, why};

use crate::machine::hotplug;
use crate::sched::{self, Spawn, SpawnError, Thread, deadline};

use super::{fail, outcome, pass, spin_until};

/// How often it goes.
const ROUNDS: u32 = 3;
/// How long somebody has a reservation meanwhile, in its periods.
const PERIODS: u32 = 10;

/// The last core goes off with threads on it, which go on elsewhere; nobody may run there; and when it is back it runs threads.
pub(super) fn off_on() -> Outcome {
    let cores = sched::online();
    let Some(cpu) = cores.iter().last().filter(|cpu| *cpu != 0) else {
        return Outcome::Skip(why(format_args!("one core takes threads")));
    };
    // Who has a reservation has the timers watched, by threads with a core each, which may be this one.
    let reserved = watched();
    for _ in 0..ROUNDS {
        match off(cpu) {
            Outcome::Pass(_) => {}
            other => return other,
        }
        if sched::online() == cores {
            fail!("CPU {cpu} still takes threads");
        }
        if !matches!(on_alone(cpu), Err(SpawnError::NoCpu)) {
            fail!("a thread for CPU {cpu}, which is off, can be made");
        }
        if let Err(cause) = hotplug::switch_on(cpu) {
            fail!("{cause}");
        }
        match on_alone(cpu) {
            Ok(ran) if ran == cpu => {}
            Ok(ran) => fail!("a thread for CPU {cpu} ran on {ran}"),
            Err(cause) => fail!("CPU {cpu} is back: {cause}"),
        }
    }
    if let Some(reserved) = reserved {
        reserved.join();
    }
    pass!("CPU {cpu}, {ROUNDS} times")
}

/// Somebody with a reservation of the boot core for some periods; nobody where none can be had.
fn watched() -> Option<Thread> {
    let reservation = deadline::reservation(Duration::from_millis(1), Duration::from_millis(50)).ok()?;
    let reserved = Spawn::new("reserved").affinity(CpuSet::only(0)).reserving(reservation);
    let run = || {
        for _ in 0..PERIODS {
            // Somebody's late interrupt is no reason to leave.
            let _ = deadline::next_period();
        }
    };
    reserved.run(run).ok()
}

/// Switches the core off under a thread that runs there and one that sleeps there.
fn off(cpu: usize) -> Outcome {
    static OVER: AtomicBool = AtomicBool::new(false);
    OVER.store(false, Ordering::Relaxed);
    // The two cores that they may run on: from this one they have to go.
    let either = CpuSet(CpuSet::only(cpu).0 | CpuSet::only(0).0);
    outcome((|| {
        let busy = Spawn::new("busy").affinity(either).run(move || {
            while !OVER.load(Ordering::Acquire) && sched::this_cpu() != cpu {
                sched::yield_now();
            }
            spin_until(&OVER);
        })?;
        let sleeper = Spawn::new("sleeper").affinity(either).run(move || {
            while !OVER.load(Ordering::Acquire) {
                sched::sleep(Duration::from_millis(1));
            }
        })?;
        sched::sleep(Duration::from_millis(5));
        let result = hotplug::switch_off(cpu);
        let left = sched::this_cpu() != cpu;
        OVER.store(true, Ordering::Release);
        busy.join();
        sleeper.join();
        Ok(match result {
            Ok(()) if left => Outcome::Pass(why(format_args!("off"))),
            Ok(()) => Outcome::Fail(why(format_args!("CPU {cpu} is off, and this runs there"))),
            Err(cause @ (CoreError::SpinTable(_) | CoreError::LeftOut(_))) => {
                Outcome::Skip(why(format_args!("{cause}")))
            }
            Err(cause) => Outcome::Fail(why(format_args!("{cause}"))),
        })
    })())
}

/// The core on which a thread ran that may run on this one alone.
fn on_alone(cpu: usize) -> Result<usize, SpawnError> {
    static RAN: AtomicUsize = AtomicUsize::new(0);
    RAN.store(usize::MAX, Ordering::Relaxed);
    Spawn::new("alone").affinity(CpuSet::only(cpu)).run(|| RAN.store(sched::this_cpu(), Ordering::Relaxed))?.join();
    Ok(RAN.load(Ordering::Relaxed))
}
