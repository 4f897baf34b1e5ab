//! The threads, for the shell.

use core::sync::atomic::Ordering::Relaxed;

use kernel_core::sched::ThreadId;
use kernel_core::system::{Thread, ThreadState, Threads};

use crate::arch::per_cpu;

use super::THREADS;
use super::table::{name_of, slot, wait};

/// All threads.
#[derive(Debug)]
pub struct List;

impl Threads for List {
    fn thread(&self, index: usize) -> Option<Thread> {
        let mut named = (0..THREADS as u16).filter_map(|number| Some((number, name_of(ThreadId(number))?)));
        let (number, name) = named.nth(index)?;
        let slot = slot(ThreadId(number));
        let cpu = usize::from(slot.home.load(Relaxed));
        // Each is true of some moment, not all of the same one.
        let state = match slot.wait.load(Relaxed) {
            _ if slot.is_gone() => ThreadState::Ended,
            _ if per_cpu::current_of(cpu) == number => ThreadState::Running,
            wait::PARKED => ThreadState::Waiting,
            _ => ThreadState::Ready,
        };
        Some(Thread { number, name, priority: slot.priority().level(), state, cpu })
    }
}
