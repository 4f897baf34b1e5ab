// Where a secondary core comes in: PSCI's CPU_ON or firmware's spin table sent it here, at EL2 or EL1, with the MMU off
// and exceptions masked. What it is to run on stands in its row of STARTS (secondary.rs), found by its affinity.
//
// x19 the row

    .section .text.secondary, "ax"
    .global secondary_entry
secondary_entry:
    adr     x1, early_vectors
    mrs     x2, CurrentEL
    lsr     x2, x2, #2
    cmp     x2, #2
    b.hi    park                            // EL3: nobody sends a core there
    b.lo    1f
    msr     cntvoff_el2, xzr                // one virtual time for all cores
    msr     vbar_el2, x1
    bl      leave_el2
    adr     x1, early_vectors
1:  msr     vbar_el1, x1
    ldr     x1, ={SCTLR_OFF}
    msr     sctlr_el1, x1
    msr     cpacr_el1, xzr                  // FP and SIMD trap: the kernel is soft-float
    isb

    mrs     x1, mpidr_el1
    ldr     x2, ={AFFINITY}
    and     x1, x1, x2
    orr     x1, x1, {PRESENT}
    adrp    x19, {STARTS}
    add     x19, x19, :lo12:{STARTS}
    mov     x2, {CPUS_MAX}
2:  ldr     x3, [x19, {START_MPIDR}]
    cmp     x3, x1
    b.eq    3f
    add     x19, x19, {START_SIZE}
    subs    x2, x2, #1
    b.ne    2b
    b       park                            // nobody called this core

3:  ldr     x3, [x19, {START_TABLES}]
    bl      mmu_on
    ldr     x1, =secondary_high
    br      x1

// In the high half; the low half goes as soon as nothing is needed there.
secondary_high:
    ldr     x19, [x19, {START_THIS}]
    mrs     x1, tcr_el1
    orr     x1, x1, {TCR_EPD0}
    msr     tcr_el1, x1
    isb
    tlbi    vmalle1
    dsb     nsh
    ldr     x1, =vectors
    msr     vbar_el1, x1
    isb
    msr     spsel, #1
    ldr     x1, [x19, {START_EXCEPTION_STACK}]
    mov     sp, x1
    msr     spsel, #0
    ldr     x1, [x19, {START_STACK}]
    mov     sp, x1
    ldr     x1, [x19, {START_BLOCK}]
    msr     tpidr_el1, x1
    mov     x29, xzr                        // the end of every backtrace
    mov     x30, xzr
    ldr     x1, ={ENTRY}
    br      x1

    .ltorg
