//! Threads.
//!
//! - [`spawn`] makes one; its [`Thread`] can be joined. The boot itself goes on as the thread `shell`.
//! - A thread runs until it waits ([`park`], [`sleep`], what `kernel-sync` builds on them), gives way ([`yield_now`]), or a
//!   higher one becomes ready; threads of one priority take turns of some milliseconds. The timer interrupts when a thread's
//!   time has come, and for turns while there are two to take them; else never.
//! - Who reserves a share of a core runs before all others there, by deadlines: [`Spawn::reserving`], [`deadline`].
//!
//! `table` has the threads, `queues` what each core has to do, `run` who runs there, `park` waiting and its end, `balance` which core
//! a thread goes to; `switch` is the switch, `clock` the timer, `idle` what a core does without work, `leave` what one does that is to
//! go off. A core's queues are behind that core's lock, and a thread belongs to one core at a time, its home: whoever changes what it
//! does holds the lock of its home. The lock is held *across* a switch and given back by the thread that was switched to, so a
//! thread that is found in a queue has always left its stack.

mod balance;
mod clock;
pub mod deadline;
mod idle;
#[cfg(preset_feature = "cpu-hotplug")]
mod leave;
mod list;
mod park;
mod queues;
mod run;
mod switch;
mod table;

pub use clock::{interrupt as timer_interrupt, runs as has_clock, sleep, sleep_until, start as start_clock, ticks};
pub use idle::run_idle;
#[cfg(preset_feature = "cpu-hotplug")]
pub use leave::{Bound, leave};
pub use list::List;
pub use park::{park, park_until, unpark};
#[cfg(preset_feature = "cpu-hotplug")]
pub use queues::come_back;
pub use queues::{CPUS, Cpu, online};
pub use run::{current, kicked, preempt, preempt_here, start, this_cpu, yield_now};
pub use table::{Spawn, SpawnError, Thread, name_of, spawn};

/// Threads that there can be at once.
pub const THREADS: usize = 128;
