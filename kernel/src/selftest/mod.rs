//! What the kernel tests of itself, on the machine that it runs on: a file for each subject.
//!
//! A test is a row of [`ALL`]. It says what it saw, and leaves everything as it was.

#[cfg(preset_feature = "cpu-hotplug")]
mod cores;
mod deadlines;
mod frames;
mod mappings;
mod stacks;
mod sync;
mod threads;
mod time;

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;

use kernel_core::sched::CpuSet;
use kernel_core::system::{Outcome, Selftest, why};

use crate::arch::counter;
use crate::sched::{self, Spawn, SpawnError, Thread};

/// All tests, in the order in which they run.
pub static ALL: &[Selftest] = &[
    Selftest { name: "frames", run: frames::run },
    Selftest { name: "heap", run: frames::heap },
    Selftest { name: "mappings", run: mappings::run },
    Selftest { name: "stacks", run: stacks::run },
    Selftest { name: "thread-join", run: threads::join },
    Selftest { name: "thread-priorities", run: threads::priorities },
    Selftest { name: "thread-preemption", run: threads::preemption },
    Selftest { name: "thread-turns", run: threads::turns },
    Selftest { name: "thread-wake", run: threads::wake },
    Selftest { name: "thread-balance", run: threads::balance },
    Selftest { name: "thread-rescue", run: threads::rescue },
    Selftest { name: "thread-table", run: threads::table },
    Selftest { name: "sleep", run: time::sleep },
    Selftest { name: "sleep-order", run: time::order },
    Selftest { name: "deadline-budget", run: deadlines::budget },
    Selftest { name: "deadline-met", run: deadlines::met },
    Selftest { name: "deadline-refusal", run: deadlines::refusal },
    Selftest { name: "deadline-timer", run: deadlines::timer },
    Selftest { name: "timer-stall", run: deadlines::stall },
    Selftest { name: "mutex", run: sync::mutex },
    Selftest { name: "condvar", run: sync::condvar },
    Selftest { name: "semaphore", run: sync::semaphore },
    Selftest { name: "channel", run: sync::channel },
    Selftest { name: "work-queue", run: sync::work_queue },
    #[cfg(preset_feature = "cpu-hotplug")]
    Selftest { name: "cpu-off-on", run: cores::off_on },
];

/// Ends a test that saw what it shouldn't have: `FAIL`, and why.
macro_rules! fail {
    ($($text:tt)*) => {
        return kernel_core::system::Outcome::Fail(kernel_core::system::why(format_args!($($text)*)))
    };
}

/// Ends a test that saw what it should: `PASS`, and what that was.
macro_rules! pass {
    ($($text:tt)*) => {
        kernel_core::system::Outcome::Pass(kernel_core::system::why(format_args!($($text)*)))
    };
}

use {fail, pass};

/// Waiting for what should take a moment, on an emulator whose host is busy.
struct Patience {
    until: u64,
    /// That are left, where nobody knows how fast the counter is.
    looks: u32,
}

impl Patience {
    const LASTS: Duration = Duration::from_secs(5);

    fn new() -> Self {
        Self { until: counter::now() + sched::ticks(Self::LASTS), looks: 1 << 24 }
    }

    fn lasts(&mut self) -> bool {
        if sched::ticks(Self::LASTS) > 0 {
            return counter::now() < self.until;
        }
        self.looks = self.looks.saturating_sub(1);
        self.looks > 0
    }
}

/// A test whose threads couldn't be made has failed.
fn outcome(result: Result<Outcome, SpawnError>) -> Outcome {
    result.unwrap_or_else(|error| Outcome::Fail(why(format_args!("{error}"))))
}

/// A thread that only runs on one core, the one that this runs on now.
fn beside_me(name: &'static str) -> Spawn {
    Spawn::new(name).affinity(CpuSet::only(sched::this_cpu()))
}

/// Runs, without waiting, until `over` or until nobody has patience any more.
fn spin_until(over: &AtomicBool) {
    let mut patience = Patience::new();
    while !over.load(Ordering::Acquire) && patience.lasts() {
        core::hint::spin_loop();
    }
}

fn join_all(threads: impl IntoIterator<Item = Thread>) {
    threads.into_iter().for_each(Thread::join);
}
