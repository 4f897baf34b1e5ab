//! Whether deadlines can be kept: the threads `timekeeper` look whether every core's timer still interrupts, as long as somebody
//! has a reservation or is refused one for its silence. The first of them also has `compare` hold the counter against the second
//! clock, once, from the first reservation on.
//!
//! A core whose own timer is silent wakes no sleeper. So there are two timekeepers, each on a core of its own, where there are two
//! cores; and a core that somebody has reserved time of looks itself when one of its servers waits or is done, when another
//! core calls it, and when it has nothing to do.

use core::sync::atomic::{
    AtomicBool, AtomicU16,
    Ordering::{Relaxed, SeqCst},
};
use core::time::Duration;

use kernel_core::deadline::{TimerFault, Trust, Watchdog};
use kernel_core::sched::{CpuSet, Priority, ThreadId};

use crate::arch::counter;
use crate::log::{info, warning};
use crate::sync::Lock;

use super::super::clock::{self, sleep, ticks};
use super::super::queues::{self, Queues};
use super::super::run;
use super::super::table::{Spawn, name_of, slot};
use super::{compare, one};

/// A timer interrupt that is so late isn't late but missing. An emulator's core may stand still for a good part of that.
const PATIENCE: Duration = Duration::from_secs(2);
/// From one look at the timers to the next.
const WATCH: Duration = Duration::from_millis(250);

/// Why deadlines can't be kept, where a timer runs.
static FAULT: Lock<Option<TimerFault>> = Lock::new(None);
/// A silent timer was found where nobody could be told.
static NOTICED: AtomicBool = AtomicBool::new(false);
/// Which timekeepers there are.
static TIMEKEEPERS: [AtomicBool; 2] = [const { AtomicBool::new(false) }; 2];

/// Their threads; [`NOBODY`] where there is none yet, or none any more.
static WHO: [AtomicU16; TIMEKEEPERS.len()] = [const { AtomicU16::new(NOBODY) }; TIMEKEEPERS.len()];
/// No thread's number.
const NOBODY: u16 = u16::MAX;

/// What is known.
pub fn current() -> Trust {
    tell();
    fault().map_or_else(compare::verdict, Trust::Fault)
}

/// Why deadlines can't be kept.
pub(super) fn fault() -> Option<TimerFault> {
    if !clock::runs() {
        return Some(if clock::is_without_rate() { TimerFault::NoRate } else { TimerFault::Missing });
    }
    *FAULT.lock()
}

/// Somebody has asked for a reservation: as long as one is held, or the timer is silent, it is watched.
pub(super) fn begin() {
    if !clock::runs() {
        return;
    }
    for (index, cpu) in queues::online().iter().take(TIMEKEEPERS.len()).enumerate() {
        if TIMEKEEPERS[index].swap(true, SeqCst) {
            continue;
        }
        // Its work is short, and what it finds is for all.
        let spawn = Spawn::new("timekeeper").priority(Priority::HIGHEST).affinity(CpuSet::only(cpu));
        if let Err(error) = spawn.run(move || keep_time(index)) {
            warning!("CPU {cpu} doesn't watch the timers: {error}");
            TIMEKEEPERS[index].store(false, SeqCst);
        }
    }
}

/// What a timekeeper does as long as it is wanted.
fn keep_time(index: usize) {
    WHO[index].store(run::current().0, Relaxed);
    if index == 0 && compare::verdict() == Trust::Unasked {
        compare::compare();
    }
    loop {
        while is_wanted() {
            sleep(WATCH);
            watch();
        }
        TIMEKEEPERS[index].store(false, SeqCst);
        // Who has got one since finds that there is no timekeeper, or is found here.
        if !is_wanted() || TIMEKEEPERS[index].swap(true, SeqCst) {
            // Unless the next one stands there already.
            let _ = WHO[index].compare_exchange(run::current().0, NOBODY, Relaxed, Relaxed);
            return;
        }
    }
}

/// Where a timekeeper may go whose core goes off, of the cores that `stay`: not to the other one, where there is another core.
/// `None` for any other thread. Under the lock of its home.
#[cfg(preset_feature = "cpu-hotplug")]
pub(in crate::sched) fn refuge(thread: ThreadId, stay: CpuSet) -> Option<CpuSet> {
    let mut all = WHO.iter().map(|who| ThreadId(who.load(Relaxed)));
    if !all.clone().any(|who| who == thread) {
        return None;
    }
    let other = all.find(|&who| who != thread && who.0 != NOBODY);
    let apart = other.map_or(stay, |other| CpuSet(stay.0 & !CpuSet::only(slot(other).home()).0));
    Some(if apart == CpuSet::NONE { stay } else { apart })
}

/// Whether there is something to watch: somebody has a reservation, or nobody gets one before the timer interrupts again.
fn is_wanted() -> bool {
    let is_silent = NOTICED.load(Relaxed) || FAULT.lock().is_some_and(is_silence);
    is_silent || queues::online().iter().any(is_reserved)
}

/// A look at every core's timer.
pub(super) fn watch() {
    tell();
    let silent = queues::online().iter().find(|&cpu| is_silent_at(cpu));
    match (silent, fault()) {
        (Some(_), None) => distrust(silence()),
        // Its servers' releases go by unnoticed: better late than never.
        (Some(cpu), Some(_)) => crate::machine::irq::kick(cpu),
        (None, _) => forget(is_silence),
    }
}

/// From now on nobody is admitted, and whoever was is told: by the log, and at the end of its period.
pub fn distrust(fault: TimerFault) {
    if !is_news(&mut FAULT.lock(), fault) {
        return;
    }
    warning!("the timer can't be relied on: {fault}");
    for cpu in queues::online().iter() {
        let Some(mut queues) = queues::lock_of(cpu) else { continue };
        let Some(reserved) = one(&mut queues.reserved) else { continue };
        let told: heapless::Vec<ThreadId, { super::SERVERS }> = {
            let threads = reserved.threads;
            let ids = reserved.servers.distrust_timer();
            ids.filter_map(|id| threads[id.place()]).map(|(_, thread)| thread).collect()
        };
        drop(queues);
        for thread in told {
            warning!("CPU {cpu}: the deadlines of {} aren't kept", name_of(thread).unwrap_or("?"));
        }
    }
}

/// Makes `fault` the one that is `known`; whether that tells anything.
fn is_news(known: &mut Option<TimerFault>, fault: TimerFault) -> bool {
    // Silence ends, and is forgotten then: what lasts must not be forgotten with it.
    if is_silence(fault) && known.is_some_and(|known| !is_silence(known)) {
        return false;
    }
    known.replace(fault) != Some(fault)
}

/// What was wrong with the timer isn't any more, whatever it was.
pub fn trust() {
    forget(|_| true);
}

/// The fault that is known is over, if it is such a one.
fn forget(is_over: impl Fn(TimerFault) -> bool) {
    if FAULT.lock().take_if(|known| is_over(*known)).is_some() {
        info!("the timer can be relied on again");
    }
}

const fn is_silence(fault: TimerFault) -> bool {
    matches!(fault, TimerFault::Silent(_))
}

/// Whether deadlines can be promised now. Under a core's lock: what that core has noticed counts before it is told.
pub(super) fn is_trusted() -> bool {
    !NOTICED.load(Relaxed) && fault().is_none()
}

/// Whether the timer of the core whose queues these are is silent. If it is nobody is admitted any more, and [`tell`] has
/// something to tell: under this lock there is nobody to tell it to.
pub(super) fn is_silent(queues: &Queues, now: u64) -> bool {
    let silent = is_late(queues, now);
    if silent && queues.reserved.is_some() {
        NOTICED.store(true, Relaxed);
    }
    silent
}

/// Tells what a core found out where it couldn't.
pub(super) fn tell() {
    if NOTICED.load(Relaxed) && NOTICED.swap(false, Relaxed) {
        distrust(silence());
    }
}

fn silence() -> TimerFault {
    TimerFault::Silent(ticks(PATIENCE))
}

fn is_silent_at(cpu: usize) -> bool {
    queues::lock_of(cpu).is_some_and(|queues| is_late(&queues, counter::now()))
}

/// Its timer was set to a time long ago, and hasn't interrupted since.
fn is_late(queues: &Queues, now: u64) -> bool {
    let mut watchdog = Watchdog::new(ticks(PATIENCE));
    watchdog.expect(queues.clock.armed());
    watchdog.look(now).is_err()
}

/// Whether somebody has reserved time of the core numbered `cpu`, who then can't run anywhere else.
pub fn is_reserved(cpu: usize) -> bool {
    let Some(mut queues) = queues::lock_of(cpu) else { return false };
    one(&mut queues.reserved).is_some_and(|reserved| reserved.servers.ids().next().is_some())
}
