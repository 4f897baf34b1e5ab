//! The threads, for the shell.

use core::sync::atomic::Ordering::Relaxed;

use kernel_core::deadline::Trust;
use kernel_core::sched::ThreadId;
use kernel_core::system::{Reserved, ReservedCore, Thread, ThreadState, Threads};

use crate::arch::per_cpu;

use super::table::{name_of, slot};
use super::{THREADS, deadline};

/// All threads.
#[derive(Debug)]
pub struct List;

impl Threads for List {
    fn thread(&self, index: usize) -> Option<Thread> {
        if cfg!(not(command = "threads")) {
            // Nobody can ask.
            return None;
        }
        let mut named = (0..THREADS as u16).filter_map(|number| Some((number, name_of(ThreadId(number))?)));
        let (number, name) = named.nth(index)?;
        let slot = slot(ThreadId(number));
        let cpu = usize::from(slot.home.load(Relaxed));
        // Each is true of some moment, not all of the same one.
        let state = match () {
            () if slot.is_gone() => ThreadState::Ended,
            () if per_cpu::current_of(cpu) == number => ThreadState::Running,
            () if slot.is_parked() || deadline::waits_for_release(cpu, ThreadId(number)) => ThreadState::Waiting,
            () => ThreadState::Ready,
        };
        Some(Thread { number, name, priority: slot.priority().level(), state, cpu })
    }

    fn reserved(&self, index: usize) -> Option<Reserved> {
        if deadline::ON { deadline::reserved(index) } else { None }
    }

    fn reserved_core(&self, index: usize) -> Option<ReservedCore> {
        if deadline::ON { deadline::core(index) } else { None }
    }

    fn timer(&self) -> Trust {
        deadline::timer()
    }
}
