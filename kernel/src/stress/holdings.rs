//! What is in use: the same after a crowd as before it.

use alloc::vec::Vec;
use core::time::Duration;

use kernel_core::frames::{Order, Zone};
use kernel_core::system::Threads as _;

use crate::arch::counter;
use crate::mm::frames::{self, Frames};
use crate::mm::heap;
use crate::mm::stack::{self, Owner, Stack};
use crate::sched;

use super::{Failed, failed};

/// How long what was joined may take to leave its stack.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Holdings {
    /// Bytes of frames that are free, or the heap's or a stack's, which keep them.
    frames: u64,
    /// Bytes of the heap in use.
    heap: u64,
    stacks: usize,
    threads: usize,
}

/// Lets everything be made that is made once and stays: the frame allocator's notes on RAM that was never asked for, and the
/// page tables of stacks.
pub(super) fn touch_everything() {
    let mut runs: Vec<Frames> = Vec::new();
    // Taken first: the heap can't grow while there are no frames.
    if runs.try_reserve((frames::free_bytes() / Order::BLOCK.bytes()) as usize + 1).is_ok() {
        runs.extend(core::iter::from_fn(|| frames::alloc(Order::BLOCK, Zone::Any).ok()));
    }
    drop(runs);
    let stack = |number| stack::take(Owner::Thread(number)).ok();
    let stacks: Vec<Stack> = (0..sched::THREADS as u16).map_while(stack).collect();
    drop(stacks);
}

impl Holdings {
    pub(super) fn now() -> Self {
        let (heap, (stacks, mapped)) = (heap::usage(), stack::usage());
        let threads = (0..).map_while(|index| sched::List.thread(index)).count();
        Self { frames: frames::free_bytes() + heap.size + mapped, heap: heap.used, stacks, threads }
    }

    /// All that was free is free again.
    pub(super) fn must_be_back(self) -> Result<(), Failed> {
        let until = counter::now() + sched::ticks(PATIENCE);
        let mut now = Self::now();
        while now != self && counter::now() < until {
            sched::sleep(Duration::from_millis(10));
            now = Self::now();
        }
        if now == self {
            return Ok(());
        }
        let Self { frames, heap, stacks, threads } = self;
        Err(failed(format_args!(
            "left over: frames {frames} to {} bytes, heap {heap} to {} bytes, stacks {stacks} to {}, threads {threads} to {}",
            now.frames, now.heap, now.stacks, now.threads
        )))
    }
}
