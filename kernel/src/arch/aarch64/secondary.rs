//! Secondary cores: what each finds when it comes in, and how it is called.
//!
//! A core that was off comes in at [`entry`] with the MMU off, so what it needs stands in memory, past the caches: a row of
//! `STARTS`. Firmware passes an argument or none, by the way it was asked; so a core finds its row by its own affinity.

use core::arch::{asm, global_asm};
use core::mem::offset_of;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

use hardware::board::Mpidr;

use super::per_cpu::{self, CPUS_MAX};
use super::{cache, layout, mmu};

/// What a core is to run on.
#[derive(Debug, Clone, Copy)]
pub struct Stacks {
    /// The top of the stack that its first thread has.
    pub thread: usize,
    /// The top of the stack that its exceptions are taken on.
    pub exception: usize,
    /// The top of the stack on which an exception in a handler is told.
    pub emergency: usize,
}

/// A row, on cache lines of its own because it is cleaned and read past the caches.
#[repr(C, align(128))]
struct Start {
    /// The core's affinity with [`PRESENT`]; 0 in an unused row.
    mpidr: AtomicU64,
    /// Physical address of the tables that map the image at its load address.
    tables: AtomicU64,
    /// The row's own address in the high half.
    this: AtomicU64,
    stack: AtomicU64,
    exception_stack: AtomicU64,
    block: AtomicU64,
}

/// By the cores' numbers.
static STARTS: [Start; CPUS_MAX] = [const { Start::unused() }; CPUS_MAX];

/// MPIDR_EL1's affinity fields (DDI 0487, MPIDR_EL1).
const AFFINITY: u64 = 0xff_00ff_ffff;
/// A bit outside them, RES1 in MPIDR_EL1: tells a row in use from one that isn't, and core 0 from none.
const PRESENT: u64 = 1 << 31;

global_asm!(
    include_str!("secondary.S"),
    STARTS = sym STARTS,
    START_SIZE = const size_of::<Start>(),
    START_MPIDR = const offset_of!(Start, mpidr),
    START_TABLES = const offset_of!(Start, tables),
    START_THIS = const offset_of!(Start, this),
    START_STACK = const offset_of!(Start, stack),
    START_EXCEPTION_STACK = const offset_of!(Start, exception_stack),
    START_BLOCK = const offset_of!(Start, block),
    CPUS_MAX = const CPUS_MAX,
    AFFINITY = const AFFINITY,
    PRESENT = const PRESENT,
    SCTLR_OFF = const mmu::SCTLR_OFF,
    TCR_EPD0 = const mmu::TCR_EPD0,
    ENTRY = sym crate::boot::secondary_entry,
);

impl Start {
    const fn unused() -> Self {
        Self {
            mpidr: AtomicU64::new(0),
            tables: AtomicU64::new(0),
            this: AtomicU64::new(0),
            stack: AtomicU64::new(0),
            exception_stack: AtomicU64::new(0),
            block: AtomicU64::new(0),
        }
    }
}

/// Makes all rows such as no core finds itself in, also past the caches: RAM may still hold those of the boot before a reset.
/// Before the first [`prepare`].
pub fn forget_all() {
    cache::clean(STARTS.as_ptr().addr(), size_of_val(&STARTS));
}

/// Writes what the core numbered `index`, below [`CPUS_MAX`], is to find. `tables` is the physical address of tables that
/// map the image at its load address.
pub fn prepare(index: usize, mpidr: Mpidr, tables: u64, stacks: Stacks) {
    let (Some(start), Some(block)) = (STARTS.get(index), per_cpu::BLOCKS.get(index)) else { return };
    per_cpu::set_emergency_stack(index, stacks.emergency);
    let this = core::ptr::from_ref(start).addr();
    start.tables.store(tables, Relaxed);
    start.this.store(this as u64, Relaxed);
    start.stack.store(stacks.thread as u64, Relaxed);
    start.exception_stack.store(stacks.exception as u64, Relaxed);
    start.block.store(core::ptr::from_ref(block).addr() as u64, Relaxed);
    start.mpidr.store(mpidr.0 & AFFINITY | PRESENT, Relaxed);
    cache::clean(this, size_of::<Start>());
}

/// The physical address at which a secondary core comes in.
pub fn entry() -> u64 {
    // SAFETY: secondary.S defines it; it is only pointed at, never called from Rust.
    unsafe extern "C" {
        fn secondary_entry();
    }
    layout::physical(secondary_entry as *const () as usize)
}

/// Wakes cores that wait for an event.
pub fn send_event() {
    // SAFETY: wakes, and does nothing else (DDI 0487, SEV).
    unsafe { asm!("sev", options(nostack, preserves_flags)) };
}

/// Lets the other cores go on for a moment.
pub fn wait_a_moment() {
    // SAFETY: a hint (DDI 0487, YIELD).
    unsafe { asm!("yield", options(nostack, nomem, preserves_flags)) };
}
