//! What a thread is while it doesn't run, and changing from one to another: `context.S`.

use core::arch::{asm, global_asm};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::exception::Frame;

/// Where a thread that doesn't run has its registers: on its stack, from here up. Means nothing while it runs.
#[repr(transparent)]
#[derive(Debug)]
pub struct Context(AtomicUsize);

/// What [`switch_context`] finds on the stack, lowest address first.
#[repr(C)]
struct Saved {
    x29: usize,
    x30: usize,
    x19: usize,
    x20: usize,
    x21_to_x28: [usize; 8],
}

/// SPSR_EL1.I (DDI 0487, C5.2.19): interrupts are masked.
const IRQ_MASKED: u64 = 1 << 7;

global_asm!(include_str!("context.S"), PREEMPT = sym crate::sched::preempt);

// SAFETY: context.S defines all three; the first keeps to the procedure call standard, the others are only pointed at.
unsafe extern "C" {
    fn switch_context(from: *const Context, to: *const Context);
    fn thread_start();
    fn preempted();
}

impl Context {
    /// Of a thread that runs already, or that nobody made yet.
    pub const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    /// Puts `work` at the top of a new stack, to be done by `run` when the thread is switched to for the first time.
    ///
    /// # Safety
    /// The bytes below `top` are a stack that nothing uses, with room for `work` and 4 KiB more; `top` is a multiple of 16.
    pub unsafe fn prepare<W: Send>(&self, top: usize, work: W, run: extern "C" fn(*mut W) -> !) {
        const { assert!(size_of::<W>() <= 1024 && align_of::<W>() <= 16, "hand over less: a Box of it") };
        let place = (top - size_of::<W>()) & !15;
        let saved = place - size_of::<Saved>();
        let thread_start = thread_start as *const () as usize;
        // x29 is 0: backtraces end here.
        let registers = Saved { x29: 0, x30: thread_start, x19: place, x20: run as usize, x21_to_x28: [0; 8] };
        // SAFETY: both lie below `top`, one after the other, on 16-byte boundaries, in a stack that by contract nothing
        // uses and that has the room.
        unsafe {
            (place as *mut W).write(work);
            (saved as *mut Saved).write(registers);
        }
        self.0.store(saved, Relaxed);
    }
}

/// Saves the calling thread to `from` and goes on with `to`; returns when somebody switches back.
///
/// # Safety
/// Interrupts are masked. `from` is the calling thread's; `to` was prepared or switched away from since it last ran, and no other
/// core runs it or switches to it.
#[inline(always)]
pub unsafe fn switch(from: &Context, to: &Context) {
    // SAFETY: by contract `to` holds a stack pointer under which switch_context finds a `Saved`, and the stack is nobody
    // else's meanwhile; the call keeps to the procedure call standard on both stacks.
    unsafe { switch_context(from, to) };
}

/// Lets the interrupted thread go on in [`crate::sched::preempt`] and only afterwards where it was.
pub fn divert(frame: &mut Frame) {
    let pushed = frame.sp - 16;
    // SAFETY: the thread's stack grows down and nothing below its pointer is in use (AAPCS64, 6.4.5.1: no red zone). Where the
    // stack is full this hits its guard page and is told as that.
    unsafe { (pushed as *mut [u64; 2]).write([frame.elr, frame.spsr]) };
    // SAFETY: SP_EL0 is the interrupted thread's stack pointer, which `preempted` puts back; nothing runs on it before eret.
    unsafe { asm!("msr sp_el0, {}", in(reg) pushed, options(nomem, nostack, preserves_flags)) };
    frame.sp = pushed;
    frame.elr = preempted as *const () as u64;
    frame.spsr |= IRQ_MASKED;
}
