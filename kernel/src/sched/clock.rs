//! Each core's timer: set to the first time at which something is due, and to nothing where nothing is.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use core::time::Duration;

use drivers::TimerError;
use drivers::timer::ArmTimer;

use crate::arch::counter;
use crate::arch::per_cpu;
use crate::arch::timer::VirtualTimer;

use super::queues::{self, Here, OfThisCore};
use super::table::slot;
use super::{balance, deadline, park, run};

/// Turns of threads of one priority end at the second tick: they last one to two of these.
const TURNS_PER_SECOND: u64 = 200;

/// Counts between two ticks of a turn; 0 where no timer runs.
static TURN: AtomicU64 = AtomicU64::new(0);
/// Counts per second.
static RATE: AtomicU64 = AtomicU64::new(0);
/// The boot core's CNTFRQ_EL0 didn't say how many; another core's may.
static WITHOUT_RATE: AtomicBool = AtomicBool::new(false);

/// When a core's timer interrupts, and whose turn it is. Times are the counter's; 0 is none.
pub(super) struct Clock {
    timer: ArmTimer<VirtualTimer>,
    /// The next tick of a turn.
    tick: u64,
    /// The thread that runs was switched to since the last tick.
    pub(super) fresh: bool,
    /// Its turn is over.
    over: bool,
}

/// Uses this core's timer; [`interrupt`] has to be called on each of its interrupts.
pub fn start() -> Result<(), TimerError> {
    let hertz = ArmTimer::new(VirtualTimer).frequency();
    WITHOUT_RATE.store(hertz.is_err(), Relaxed);
    let hertz = hertz?.0;
    stop();
    RATE.store(hertz, Relaxed);
    TURN.store((hertz / TURNS_PER_SECOND).max(1), Relaxed);
    Ok(())
}

/// Stops this core's timer, which holds anything when the core starts.
pub(super) fn stop() {
    queues::lock_here().clock.timer.set(None);
}

/// Counts that `time` lasts.
pub fn ticks(time: Duration) -> u64 {
    let rate = RATE.load(Relaxed);
    let seconds = time.as_secs().saturating_mul(rate);
    // Below 2^32 times below 10^9.
    seconds.saturating_add(u64::from(time.subsec_nanos()) * rate / 1_000_000_000)
}

/// Waits so long, or a little longer. Where nobody knows how fast the counter is others have their turn, and it returns.
pub fn sleep(time: Duration) {
    if RATE.load(Relaxed) == 0 {
        return run::yield_now();
    }
    sleep_until(counter::now().saturating_add(ticks(time)));
}

/// Waits until the counter comes to `at`.
pub fn sleep_until(at: u64) {
    while counter::now() < at {
        park::park_until(at);
    }
}

/// Whether timers interrupt.
pub fn runs() -> bool {
    TURN.load(Relaxed) != 0
}

/// Whether none does because nobody knows how fast the counter is.
pub(super) fn is_without_rate() -> bool {
    WITHOUT_RATE.load(Relaxed)
}

/// What this core's timer interrupt does.
pub fn interrupt() {
    let mut here = queues::lock_here();
    let now = counter::now();
    let due = here.clock.timer.armed();
    while let Some(thread) = here.timers.pop_due(now) {
        park::timed_out(&mut here, thread);
    }
    if deadline::ON && here.reserved.is_some() {
        deadline::ticked(&mut here, due, now);
    }
    if here.clock.tick != 0 && now >= here.clock.tick {
        here.clock.tick = 0;
        take_turns(&mut here);
    }
    // The level is held until the timer is set anew.
    let next = [here.timers.next().unwrap_or(0), here.clock.tick, if deadline::ON { deadline::next(&here) } else { 0 }];
    here.clock.timer.set(next.into_iter().filter(|at| *at != 0).min());
}

/// A tick: the turn of the thread that runs is over if it lasted since the last one. Who is alone may go on for ever, without
/// ticks.
fn take_turns(here: &mut Here) {
    if here.ready.is_empty() {
        return;
    }
    let running = slot(here.current()).priority();
    here.clock.over = !here.clock.fresh && here.ready.has_at_least(running);
    here.clock.fresh = false;
    if here.clock.over {
        per_cpu::set_preemption_due(here.masked());
    }
    balance::call_for_help(here);
    here.clock.begin_turns();
}

impl Clock {
    pub(super) const fn new() -> Self {
        Self { timer: ArmTimer::new(VirtualTimer), tick: 0, fresh: false, over: false }
    }

    /// The timer interrupts at `at`, if not before.
    #[inline(always)]
    pub(super) fn arm(&mut self, at: u64) {
        self.timer.arm(at);
    }

    /// What the timer is set to; `None`: nothing.
    pub(super) fn armed(&self) -> Option<u64> {
        self.timer.armed()
    }

    /// Somebody waits for a turn: from now on there are ticks.
    #[inline(always)]
    pub(super) fn begin_turns(&mut self) {
        if self.tick == 0 {
            self.first_tick();
        }
    }

    /// Whether the turn of the thread that runs is over; not any more afterwards.
    pub(super) fn take_over(&mut self) -> bool {
        core::mem::take(&mut self.over)
    }

    #[cold]
    fn first_tick(&mut self) {
        if runs() {
            self.tick = counter::now() + TURN.load(Relaxed);
            self.arm(self.tick);
        }
    }
}
