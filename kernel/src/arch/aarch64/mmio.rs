//! The loads and stores that reach device memory.

use core::arch::asm;
use core::ptr::NonNull;

use drivers::mmio::{Access, Mmio};

/// An owned register window on this architecture.
pub type Window = Mmio<Instructions>;
/// One that several use at a time.
pub type Shared = drivers::mmio::Shared<Instructions>;

/// Single `ldr` and `str` with a plain base register: the only forms that carry a syndrome a hypervisor can decode
/// (DDI 0487, ESR_ELx.ISV is 0 for write-back forms and pairs). `docs/decisions/0010-mmio-access.md` says why.
#[derive(Debug, Clone, Copy)]
pub struct Instructions;

/// One width's load and store: the mnemonics and the register's form.
macro_rules! access {
    ($type:ty, $load:ident, $ldr:literal, $store:ident, $str:literal, $form:literal) => {
        /// # Safety
        /// As [`Access`] says of loads.
        #[inline(always)]
        unsafe fn $load(address: NonNull<$type>) -> $type {
            let value: $type;
            // SAFETY: the caller promises a mapped, aligned address; the instruction reads it and nothing else.
            unsafe {
                asm!(
                    concat!($ldr, " {value:", $form, "}, [{address}]"),
                    value = out(reg) value,
                    address = in(reg) address.addr().get(),
                    options(nostack, preserves_flags),
                );
            }
            value
        }
        /// # Safety
        /// As [`Access`] says of stores.
        #[inline(always)]
        unsafe fn $store(address: NonNull<$type>, value: $type) {
            // SAFETY: the caller promises a mapped, aligned address that it owns; the instruction writes only there.
            unsafe {
                asm!(
                    concat!($str, " {value:", $form, "}, [{address}]"),
                    value = in(reg) value,
                    address = in(reg) address.addr().get(),
                    options(nostack, preserves_flags),
                );
            }
        }
    };
}

// SAFETY: each function is one instruction of its width at exactly the given address. The blocks aren't `pure`, so the
// compiler keeps every one of them, in order; and not `nomem`, so it moves none out of the lock around it.
unsafe impl Access for Instructions {
    access!(u8, load8, "ldrb", store8, "strb", "w");
    access!(u16, load16, "ldrh", store16, "strh", "w");
    access!(u32, load32, "ldr", store32, "str", "w");
    access!(u64, load64, "ldr", store64, "str", "x");
}
