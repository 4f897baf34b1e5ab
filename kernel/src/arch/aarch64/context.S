// Changing threads: at a call (switch_context) and at an interrupt's end (preempted).

    .section .text.context, "ax"

// switch_context(from, to): saves what a call keeps (AAPCS64, 6.1.1) on this thread's stack, and returns in the other
// thread from its own call of this. Each Context is one word: the stack pointer.
    .global switch_context
switch_context:
    stp     x29, x30, [sp, #-96]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    mov     x2, sp
    str     x2, [x0]
    ldr     x2, [x1]
    mov     sp, x2
    ldp     x27, x28, [sp, #80]
    ldp     x25, x26, [sp, #64]
    ldp     x23, x24, [sp, #48]
    ldp     x21, x22, [sp, #32]
    ldp     x19, x20, [sp, #16]
    ldp     x29, x30, [sp], #96
    ret

// Where the first switch to a thread returns to: x19 is its work, x20 the function that does it.
    .global thread_start
thread_start:
    mov     x0, x19
    br      x20

// Where an interrupted thread goes on when another one is due (exception.rs, divert): on its own stack, interrupts masked,
// all registers as they were, and on top of the stack where it was interrupted: ELR_EL1, SPSR_EL1. What a call doesn't
// keep is saved here; the rest is switch_context's.
    .global preempted
preempted:
    stp     x29, x30, [sp, #-176]!
    stp     x0, x1, [sp, #16]
    stp     x2, x3, [sp, #32]
    stp     x4, x5, [sp, #48]
    stp     x6, x7, [sp, #64]
    stp     x8, x9, [sp, #80]
    stp     x10, x11, [sp, #96]
    stp     x12, x13, [sp, #112]
    stp     x14, x15, [sp, #128]
    stp     x16, x17, [sp, #144]
    stp     x18, x30, [sp, #160]
    ldr     x0, [sp, #176]
    str     x0, [sp, #8]                    // a frame record that leads a backtrace into what was interrupted
    mov     x29, sp
    bl      {PREEMPT}
    ldp     x0, x1, [sp, #176]
    msr     elr_el1, x0                     // interrupts are masked, so both stay what they are until eret
    msr     spsr_el1, x1
    ldp     x18, x30, [sp, #160]
    ldp     x16, x17, [sp, #144]
    ldp     x14, x15, [sp, #128]
    ldp     x12, x13, [sp, #112]
    ldp     x10, x11, [sp, #96]
    ldp     x8, x9, [sp, #80]
    ldp     x6, x7, [sp, #64]
    ldp     x4, x5, [sp, #48]
    ldp     x2, x3, [sp, #32]
    ldp     x0, x1, [sp, #16]
    ldr     x29, [sp], #192
    eret
