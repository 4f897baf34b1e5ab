//! The per-CPU block: what each core keeps about itself, found through TPIDR_EL1 (DDI 0487, D19.2.144).
//!
//! `head.S` points the boot core's TPIDR_EL1 at the first block before Rust runs.

use core::mem::offset_of;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering::Relaxed};

use aarch64_cpu::registers::{Readable, TPIDR_EL1};
use kernel_sync::{Cpu, Padded, Pinned};

use crate::machine::stop;
use crate::sched;

use super::{cpu, layout};

/// Cores that the kernel can run on; what a tree has beyond isn't started.
pub const CPUS_MAX: usize = 16;

/// A core's block. Written by its own core, but for what says otherwise.
pub struct Block {
    /// The core's number, the boot core's being 0: the block's place among the blocks.
    index: u32,
    /// How many reasons there are not to switch threads at an interrupt's end.
    held: AtomicU32,
    /// The top of the stack on which an exception in a handler is told; `vectors.S` reads it.
    emergency_stack: AtomicPtr<u8>,
    /// Not 0: another thread is due.
    due: AtomicU32,
    /// The number of the thread that runs.
    current: AtomicU32,
    /// Not 0: a panic has begun, and locks may never be given back. Any core writes it.
    over: AtomicU32,
    /// What the core has to do.
    scheduler: &'static sched::Cpu,
}

/// Where in a block `vectors.S` finds the emergency stack.
pub const EMERGENCY_STACK: usize = offset_of!(Block, emergency_stack);

/// The blocks of all cores, by number.
pub static BLOCKS: [Padded<Block>; CPUS_MAX] = {
    let mut blocks = [const { Padded::new(Block::new(0, layout::EMERGENCY_STACK)) }; CPUS_MAX];
    let mut index = 1;
    while index < CPUS_MAX {
        blocks[index] = Padded::new(Block::new(index as u32, null_mut()));
        index += 1;
    }
    blocks
};

impl Block {
    const fn new(index: u32, emergency_stack: *mut u8) -> Self {
        Self {
            index,
            held: AtomicU32::new(0),
            emergency_stack: AtomicPtr::new(emergency_stack),
            due: AtomicU32::new(0),
            current: AtomicU32::new(0),
            over: AtomicU32::new(0),
            scheduler: sched::CPUS[index as usize].get(),
        }
    }
}

/// Gives the core numbered `index` its emergency stack, before it runs.
pub fn set_emergency_stack(index: usize, top: usize) {
    if let Some(block) = BLOCKS.get(index) {
        block.get().emergency_stack.store(core::ptr::without_provenance_mut(top), Relaxed);
    }
}

/// From now on no core waits for a lock: [`stop::waiting`] instead.
pub fn end_waiting() {
    BLOCKS.iter().for_each(|block| block.get().over.store(1, Relaxed));
}

/// This core, as `kernel-sync` sees it.
#[derive(Debug)]
pub enum Core {}

impl Cpu for Core {
    type Mask = cpu::Daif;

    #[inline(always)]
    fn mask() -> cpu::Daif {
        cpu::mask_interrupts()
    }

    #[inline(always)]
    fn restore(mask: cpu::Daif) {
        cpu::restore_interrupts(mask);
    }

    #[inline(always)]
    fn index() -> usize {
        block().index as usize
    }

    fn hold_preemption() {
        // Between finding the block and writing to it the thread must not move to another core.
        let mask = cpu::mask_interrupts();
        let held = &block().held;
        held.store(held.load(Relaxed) + 1, Relaxed);
        cpu::restore_interrupts(mask);
    }

    fn allow_preemption() {
        // The count is above 0, and while it is the thread stays here.
        let held = &block().held;
        held.store(held.load(Relaxed) - 1, Relaxed);
        if preemption_due() {
            sched::preempt_here();
        }
    }

    #[inline(always)]
    fn relax() {
        core::hint::spin_loop();
        // In the block, and never to return: what isn't waited for pays neither for an address nor for registers to save.
        if block().over.load(Relaxed) != 0 {
            stop::waiting();
        }
    }
}

/// Whether another thread is due on this core and may be switched to.
#[inline(always)]
pub fn preemption_due() -> bool {
    let block = block();
    block.due.load(Relaxed) != 0 && block.held.load(Relaxed) == 0
}

/// Another thread is due on this core: when the interrupt that is being handled ends, or at the next occasion.
#[inline(always)]
pub fn set_preemption_due(_pinned: &impl Pinned<Core>) {
    block().due.store(1, Relaxed);
}

/// Whether another thread was due on this core; none is from now on.
#[inline(always)]
pub fn take_preemption_due(_pinned: &impl Pinned<Core>) -> bool {
    let due = &block().due;
    let was = due.load(Relaxed) != 0;
    due.store(0, Relaxed);
    was
}

/// The core's number.
#[inline(always)]
pub fn index(_pinned: &impl Pinned<Core>) -> usize {
    Core::index()
}

/// What this core has to do.
#[inline(always)]
pub fn scheduler(_pinned: &impl Pinned<Core>) -> &'static sched::Cpu {
    block().scheduler
}

/// The number of the thread that runs on the core numbered `index`.
#[inline(always)]
pub fn current_of(index: usize) -> u16 {
    BLOCKS.get(index).map_or(0, |block| block.get().current.load(Relaxed) as u16)
}

/// The number of the thread that runs here.
#[inline(always)]
pub fn current(_pinned: &impl Pinned<Core>) -> u16 {
    block().current.load(Relaxed) as u16
}

/// From now on `thread` runs here.
#[inline(always)]
pub fn set_current(_pinned: &impl Pinned<Core>, thread: u16) {
    block().current.store(thread.into(), Relaxed);
}

/// The calling core's number. Only of use where the thread can't move to another core.
pub fn number() -> usize {
    block().index as usize
}

/// The calling core's block. Only of use where the thread can't move to another core.
#[inline(always)]
fn block() -> &'static Block {
    let address = TPIDR_EL1.get();
    // SAFETY: since the entry TPIDR_EL1 points at one of BLOCKS: only head.S writes it.
    unsafe { &*(address as *const Block) }
}
