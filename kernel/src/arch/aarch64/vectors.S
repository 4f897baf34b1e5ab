// The exception vectors (DDI 0487, D1.3.1). Code runs on SP_EL0, so the processor itself changes to the exception stack
// (SP_EL1) on the way in, and a hit on the guard page below the main stack is taken on a good one. An exception
// inside a handler comes in through the second group; it may be the exception stack that is bad, so it
// is told on the emergency stack. Where even that can't be written to, the beacon has to do.

    .section .text.vectors, "ax"

    .macro  outer kind
    .balign 128
    sub     sp, sp, {FRAME_SIZE}
    stp     x0, x1, [sp]
    mrs     x1, sp_el0
    mov     x0, \kind
    b       save
    .endm

    // x0 and the stack pointer wait in EL0's thread registers, which nothing uses while there is no EL0. An exception by these
    // very instructions would come back to them for ever: they are the second 512 bytes of the vectors.
    .macro  nested kind
    .balign 128
    msr     tpidr_el0, x0
    mov     x0, sp
    msr     tpidrro_el0, x0
    mrs     x0, elr_el1
    mov     sp, x0                          // the only other register that nobody needs
    adr     x0, vectors
    sub     x0, sp, x0
    lsr     x0, x0, #9
    sub     x0, x0, #1
    cbz     x0, speechless
    mrs     x0, tpidr_el1
    ldr     x0, [x0, {EMERGENCY_STACK}]
    mov     sp, x0
    mrs     x0, tpidr_el0
    sub     sp, sp, {FRAME_SIZE}
    stp     x0, x1, [sp]
    mrs     x1, tpidrro_el0
    mov     x0, \kind
    b       save
    .endm

    .balign 2048
    .global vectors
vectors:
    outer   0
    outer   1
    outer   2
    outer   3
    nested  4
    nested  5
    nested  6
    nested  7
    outer   8
    outer   9
    outer   10
    outer   11
    outer   12
    outer   13
    outer   14
    outer   15

// No stack to tell anything on: what happened goes into the beacon, and the core rests for good. Interrupts are masked since
// the exception was taken.
speechless:
    adrp    x0, {BEACON}
    add     x0, x0, :lo12:{BEACON}
    mrs     x1, esr_el1
    mrs     x2, far_el1
    stp     x1, x2, [x0, {BEACON_FAULT}]
    mrs     x1, elr_el1
    str     x1, [x0, {BEACON_FAULT} + 16]
    mov     w1, {STAGE_SPEECHLESS}
    str     w1, [x0, {BEACON_STAGE}]
    dsb     sy
speechless_rests:
    wfi
    b       speechless_rests

// x0 the vector's number, x1 the interrupted stack pointer; x0 and x1 are in the frame already.
save:
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x30, x1, [sp, #240]
    stp     x2, x3, [sp, #256]
    // A frame record, so that a backtrace goes on into what was interrupted.
    stp     x29, x2, [sp, {FRAME_RECORD}]
    add     x29, sp, {FRAME_RECORD}
    mov     x1, sp
    bl      {DISPATCH}
    ldp     x2, x3, [sp, #256]
    msr     elr_el1, x2
    msr     spsr_el1, x3
    ldr     x30, [sp, #240]
    ldp     x28, x29, [sp, #224]
    ldp     x26, x27, [sp, #208]
    ldp     x24, x25, [sp, #192]
    ldp     x22, x23, [sp, #176]
    ldp     x20, x21, [sp, #160]
    ldp     x18, x19, [sp, #144]
    ldp     x16, x17, [sp, #128]
    ldp     x14, x15, [sp, #112]
    ldp     x12, x13, [sp, #96]
    ldp     x10, x11, [sp, #80]
    ldp     x8, x9, [sp, #64]
    ldp     x6, x7, [sp, #48]
    ldp     x4, x5, [sp, #32]
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp]
    add     sp, sp, {FRAME_SIZE}
    eret

    .ltorg
