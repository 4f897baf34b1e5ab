// What compilers call to copy, fill and compare memory. compiler-builtins' own are portable loops over words, three to five
// times as long; the boot compares and copies many short strings.
//
// Unaligned accesses are fine here: the MMU is on when Rust runs, and Rust objects are in Normal memory (SCTLR_EL1.A
// is clear; DDI 0487, B2.8).

    .section .text.memory, "ax"

// memcpy(to, from, length); x3 walks the destination, x0 stays the result.
    .global memcpy
memcpy:
    mov     x3, x0
    subs    x2, x2, #16
    b.lo    2f
1:  ldp     x4, x5, [x1], #16
    stp     x4, x5, [x3], #16
    subs    x2, x2, #16
    b.hs    1b
2:  tbz     x2, #3, 3f                      // x2 is the rest less 16: its low four bits are the rest's
    ldr     x4, [x1], #8
    str     x4, [x3], #8
3:  tbz     x2, #2, 4f
    ldr     w4, [x1], #4
    str     w4, [x3], #4
4:  tbz     x2, #1, 5f
    ldrh    w4, [x1], #2
    strh    w4, [x3], #2
5:  tbz     x2, #0, 6f
    ldrb    w4, [x1]
    strb    w4, [x3]
6:  ret

// memmove(to, from, length): from the end where the destination starts inside the source.
    .global memmove
memmove:
    sub     x3, x0, x1
    cmp     x3, x2
    b.hs    memcpy
    add     x1, x1, x2
    add     x3, x0, x2
1:  subs    x2, x2, #8
    b.lo    2f
    ldr     x4, [x1, #-8]!
    str     x4, [x3, #-8]!
    b       1b
2:  ands    x2, x2, #7
    b.eq    4f
3:  ldrb    w4, [x1, #-1]!
    strb    w4, [x3, #-1]!
    subs    x2, x2, #1
    b.ne    3b
4:  ret

// memset(to, byte, length)
    .global memset
memset:
    mov     x3, x0
    and     x1, x1, #0xff
    orr     x1, x1, x1, lsl #8
    orr     x1, x1, x1, lsl #16
    orr     x1, x1, x1, lsl #32
    subs    x2, x2, #16
    b.lo    2f
1:  stp     x1, x1, [x3], #16
    subs    x2, x2, #16
    b.hs    1b
2:  tbz     x2, #3, 3f
    str     x1, [x3], #8
3:  tbz     x2, #2, 4f
    str     w1, [x3], #4
4:  tbz     x2, #1, 5f
    strh    w1, [x3], #2
5:  tbz     x2, #0, 6f
    strb    w1, [x3]
6:  ret

// memcmp(a, b, length): the sign of the first difference. bcmp asks only whether there is one.
    .global memcmp
    .global bcmp
memcmp:
bcmp:
    subs    x2, x2, #8
    b.lo    2f
1:  ldr     x3, [x0], #8
    ldr     x4, [x1], #8
    cmp     x3, x4
    b.ne    6f
    subs    x2, x2, #8
    b.hs    1b
2:  tbz     x2, #2, 3f                      // x2 is the rest less 8: its low three bits are the rest's
    ldr     w3, [x0], #4
    ldr     w4, [x1], #4
    cmp     x3, x4
    b.ne    6f
3:  tbz     x2, #1, 4f
    ldrh    w3, [x0], #2
    ldrh    w4, [x1], #2
    cmp     x3, x4
    b.ne    6f
4:  tbz     x2, #0, 5f
    ldrb    w3, [x0]
    ldrb    w4, [x1]
    sub     w0, w3, w4
    ret
5:  mov     w0, wzr
    ret
6:  rev     x3, x3                          // the first byte in memory decides
    rev     x4, x4
    cmp     x3, x4
    cset    w0, ne
    cneg    w0, w0, lo
    ret
