// The image's first instructions: from firmware's entry to Rust in the high half.
//
// Everything here runs at the address firmware chose, with the MMU off: all of memory is Device-nGnRnE, so no
// unaligned access, no `dc zva`, no exclusives, no stack. Addresses come from adr/adrp only; the link address is
// used once, for the jump at the end. Progress is left in the beacon (beacon.rs).
//
// x19 the beacon   x20 x0 as firmware gave it   x21 the load address   x22 the exception level of the entry

    .section .head, "ax"
    .global _start
_start:
    b       entry                           // code0
    .long   0                               // code1
    .quad   0                               // text_offset: any 2 MiB boundary will do
    .quad   __image_size                    // image_size, with bss and stacks
    .quad   0xa                             // flags: little-endian, 4 KiB pages, anywhere in memory
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

entry:
    mrs     x1, mpidr_el1
    adrp    x19, {BEACON}
    add     x19, x19, :lo12:{BEACON}
    // MPIDR's bit 31 is RES1, so zero means that no core has come in yet. Whoever finds the other's mark parks.
    ldr     x2, [x19, {BEACON_MPIDR}]
    cbnz    x2, park
    str     x1, [x19, {BEACON_MPIDR}]
    dsb     sy
    ldr     x2, [x19, {BEACON_MPIDR}]
    cmp     x1, x2
    b.ne    park

    mov     x20, x0
    adr     x21, _start
    mrs     x22, CurrentEL
    lsr     x22, x22, #2
    mov     w1, {STAGE_ENTERED}
    stp     w1, w22, [x19, {BEACON_STAGE}]
    stp     x20, x21, [x19, {BEACON_X0}]

    adr     x1, early_vectors
    cmp     x22, #2
    b.hi    park                            // EL3: the boot protocol promises EL2 or EL1
    b.lo    at_el1
    msr     cntvoff_el2, xzr                // UNKNOWN at reset, and the stamps are in virtual time
    msr     vbar_el2, x1
    bl      leave_el2
at_el1:
    mrs     x2, cntvct_el0
    str     x2, [x19, {BEACON_STAMPS}]
    adr     x1, early_vectors
    msr     vbar_el1, x1
    ldr     x1, ={SCTLR_OFF}
    msr     sctlr_el1, x1
    msr     cpacr_el1, xzr                  // FP and SIMD trap: the kernel is soft-float
    isb
    tst     x21, #0x1fffff
    b.ne    misplaced
    mov     w1, {STAGE_EL1}
    str     w1, [x19, {BEACON_STAGE}]

    bl      build_tables
    mov     w1, {STAGE_TABLES}
    str     w1, [x19, {BEACON_STAGE}]

    // What was written with the MMU off is in memory; lines that firmware left in the caches are not newer.
    adrp    x0, __boot_tables
    adrp    x1, __boot_tables_end
    bl      invalidate
    mov     x0, x19
    add     x1, x19, {BEACON_SIZE}
    bl      invalidate

    adrp    x3, __boot_tables
    bl      mmu_on
    ldr     x1, =high
    br      x1

// Too high, or not on a 2 MiB boundary: the shared level-3 table of build_tables would not fit.
misplaced:
    mov     w1, {STAGE_MISPLACED}
    str     w1, [x19, {BEACON_STAGE}]
    .global park                            // global as others below are: secondary.S may be another object file's
park:
    wfe
    b       park

// From here on the program counter is in the high half and W^X holds.
high:
    ldr     x1, =vectors
    msr     vbar_el1, x1
    isb
    msr     spsel, #1                       // exceptions have their own stack; code runs on SP_EL0
    ldr     x1, =__exception_stack_top
    mov     sp, x1
    msr     spsel, #0
    ldr     x1, =__stack_top
    mov     sp, x1
    ldr     x1, ={BLOCKS}                   // the boot core's is the first
    msr     tpidr_el1, x1
    ldr     x0, =__bss_start
    ldr     x1, =__bss_end
    bl      zero_lines
    mov     x29, xzr                        // the end of every backtrace
    mov     x30, xzr
    ldr     x1, ={ENTRY}
    br      x1

// Gives EL1 what it needs and goes there; returns to the caller in EL1 with all exceptions masked.
    .global leave_el2
leave_el2:
    ldr     x1, ={HCR}
    msr     hcr_el2, x1
    mov     x1, {CNTHCTL}
    msr     cnthctl_el2, x1
    ldr     x1, ={CPTR}
    msr     cptr_el2, x1
    msr     hstr_el2, xzr
    msr     vttbr_el2, xzr
    mrs     x1, midr_el1
    msr     vpidr_el2, x1
    mrs     x1, mpidr_el1
    msr     vmpidr_el2, x1

    // MDCR_EL2.HPMN = PMCR_EL0.N: all counters belong to EL1. No PMU (0) or not Arm's (15): leave it.
    mrs     x1, id_aa64dfr0_el1
    ubfx    x1, x1, #8, #4
    add     x1, x1, #1
    and     x1, x1, #0xf
    mov     x2, xzr
    cmp     x1, #1
    b.ls    1f
    mrs     x2, pmcr_el0
    ubfx    x2, x2, #11, #5
1:  msr     mdcr_el2, x2

    // GICv3's system registers, where the core has them and EL3 didn't keep them (IHI 0069H, 12.2.20).
    mrs     x1, id_aa64pfr0_el1
    ubfx    x1, x1, #24, #4
    cbz     x1, 2f
    mrs     x1, S3_4_C12_C9_5               // ICC_SRE_EL2
    mov     x2, {ICC_SRE}
    orr     x1, x1, x2
    msr     S3_4_C12_C9_5, x1
    isb
    mrs     x1, S3_4_C12_C9_5
    tbz     x1, #0, 2f
    msr     S3_4_C12_C11_0, xzr             // ICH_HCR_EL2
2:
    ldr     x1, ={SPSR}
    msr     spsr_el2, x1
    msr     elr_el2, x30
    ldr     x1, ={SCTLR_OFF}
    msr     sctlr_el1, x1                   // UNKNOWN at reset
    isb
    eret

// One level-3 table maps the image page by page. It hangs at the link address and, through the same tables, at
// the load address: both are multiples of 2 MiB, so the level-3 index of a page is the same in both. The way
// through the load address is what mmu_on runs on, and mm takes it away again.
build_tables:
    mov     x10, x30
    adrp    x0, __boot_tables
    adrp    x1, __boot_tables_end
1:  stp     xzr, xzr, [x0]
    stp     xzr, xzr, [x0, #16]
    stp     xzr, xzr, [x0, #32]
    stp     xzr, xzr, [x0, #48]
    add     x0, x0, #64
    cmp     x0, x1
    b.lo    1b

    adrp    x0, __boot_tables
    add     x1, x0, #0x1000
    add     x2, x0, #0x2000
    add     x3, x0, #0x3000
    orr     x4, x1, {TABLE}
    orr     x5, x2, {TABLE}
    orr     x6, x3, {TABLE}
    ubfx    x7, x21, #39, #9
    str     x4, [x0, x7, lsl #3]
    ubfx    x7, x21, #30, #9
    str     x5, [x1, x7, lsl #3]
    ubfx    x7, x21, #21, #9
    str     x6, [x2, x7, lsl #3]
    str     x4, [x0, {LINK_L0} * 8]
    str     x5, [x1, {LINK_L1} * 8]
    str     x6, [x2, {LINK_L2} * 8]

    mov     x0, x21
    adrp    x1, __text_end
    ldr     x2, ={TEXT}
    bl      map_pages
    adrp    x1, __rodata_end
    ldr     x2, ={RODATA}
    bl      map_pages
    adrp    x1, __image_end
    ldr     x2, ={DATA}
    bl      map_pages

    adrp    x3, __stack_guard
    bl      unmap_page
    adrp    x3, __exception_stack_guard
    bl      unmap_page
    adrp    x3, __emergency_stack_guard
    bl      unmap_page
    ret     x10

// Pages from x0 up to x1 get the attributes x2; x3 walks the level-3 table. x0 = x1 on return.
map_pages:
    sub     x4, x0, x21
    adrp    x3, __boot_tables + 0x3000
    add     x3, x3, x4, lsr #9
    orr     x4, x0, x2
    orr     x2, x1, x2
1:  str     x4, [x3], #8
    add     x4, x4, #0x1000
    cmp     x4, x2
    b.lo    1b
    mov     x0, x1
    ret

// The page at x3 has no mapping.
unmap_page:
    sub     x3, x3, x21
    adrp    x4, __boot_tables + 0x3000
    lsr     x3, x3, #9
    str     xzr, [x4, x3]
    ret

// Drops the cache lines from x0 up to x1.
invalidate:
    mrs     x2, ctr_el0
    ubfx    x2, x2, #16, #4
    mov     x3, #4
    lsl     x2, x3, x2                      // CTR_EL0.DminLine is log2 of words
    sub     x3, x2, #1
    bic     x0, x0, x3
1:  dc      ivac, x0
    add     x0, x0, x2
    cmp     x0, x1
    b.lo    1b
    dsb     sy
    ret

// Switches the MMU and the caches on; TTBR0_EL1 = x3 maps where this runs.
    .global mmu_on
mmu_on:
    ldr     x0, ={MAIR}
    msr     mair_el1, x0
    ldr     x0, ={TCR}
    mrs     x1, id_aa64mmfr0_el1
    ubfx    x1, x1, #0, #4
    mov     x2, {PA_SIZE_MAX}
    cmp     x1, x2
    csel    x1, x1, x2, lo
    bfi     x0, x1, #32, #3                 // IPS = PARange, as far as 48-bit descriptors reach
    msr     tcr_el1, x0
    adrp    x0, __boot_tables
    msr     ttbr0_el1, x3
    msr     ttbr1_el1, x0
    isb
    tlbi    vmalle1
    ic      iallu
    dsb     nsh
    isb
    ldr     x0, ={SCTLR_ON}
    mrs     x1, id_aa64mmfr1_el1
    ubfx    x1, x1, {MMFR1_PAN}, #4
    cbz     x1, 1f
    .inst   0xd500419f                      // msr pan, #1, which the assembler has from Armv8.1 on
    bic     x0, x0, {SCTLR_SPAN}
1:  msr     sctlr_el1, x0
    isb
    ret

// Zeroes from x0 up to x1, multiples of 64, by cache line where the core allows it. The MMU is on.
    .global zero_lines
zero_lines:
    mrs     x2, dczid_el0
    and     x2, x2, #0x1f
    cmp     x2, #4                          // DZP clear, and blocks of 2^4 words
    b.ne    2f
    sub     x2, x1, #512
    cmp     x0, x2
    b.hi    4f
1:  .rept   8
    dc      zva, x0
    add     x0, x0, #64
    .endr
    cmp     x0, x2
    b.ls    1b
4:  cmp     x0, x1
    b.hs    3f
    dc      zva, x0
    add     x0, x0, #64
    b       4b
2:  cmp     x0, x1
    b.hs    3f
    stp     xzr, xzr, [x0]
    stp     xzr, xzr, [x0, #16]
    stp     xzr, xzr, [x0, #32]
    stp     xzr, xzr, [x0, #48]
    add     x0, x0, #64
    b       2b
3:  ret

// For a fault before the real vectors are in place, at either level: leave what is known and stop. EL2 keeps this
// table for good: `hvc` from the kernel is answered with SMCCC's NOT_SUPPORTED (DEN 0028, 7.1).
    .balign 2048
    .global early_vectors
early_vectors:
    .rept   8
    b       early_fault
    .balign 128
    .endr
    mrs     x17, esr_el2
    lsr     x17, x17, #26
    cmp     x17, #0x16                      // EC: HVC from AArch64
    b.ne    early_fault
    mov     x0, #-1
    eret
    .balign 128
    .rept   7
    b       early_fault
    .balign 128
    .endr

early_fault:
    adrp    x19, {BEACON}
    add     x19, x19, :lo12:{BEACON}
    mrs     x1, CurrentEL
    tbnz    x1, #3, 1f
    mrs     x2, esr_el1
    mrs     x3, far_el1
    mrs     x4, elr_el1
    b       2f
1:  mrs     x2, esr_el2
    mrs     x3, far_el2
    mrs     x4, elr_el2
2:  stp     x2, x3, [x19, {BEACON_FAULT}]
    str     x4, [x19, {BEACON_FAULT} + 16]
    mov     w1, {STAGE_EARLY_FAULT}
    str     w1, [x19, {BEACON_STAGE}]
    b       park

    .ltorg
