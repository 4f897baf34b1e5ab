//! `memcpy`, `memmove`, `memset`, `memcmp` and `bcmp`, which compilers call: `memory.S`.

core::arch::global_asm!(include_str!("memory.S"));
