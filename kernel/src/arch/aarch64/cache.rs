//! Data caches, by address, for devices that don't see them (DDI 0487, D7.5.9).

use core::arch::asm;

use aarch64_cpu::asm::barrier;
use drivers::dma::CacheType;

/// Runs one maintenance instruction for every line that holds some of the bytes.
macro_rules! for_each_line {
    ($instruction:literal, $address:expr, $size:expr) => {{
        let line = cache_type().step();
        let (mut at, end) = ($address & !(line - 1), $address + $size);
        while at < end {
            // SAFETY: the instruction acts on the cache line of an address that is mapped; what it does to memory is what
            // the function says and its caller wants.
            unsafe { asm!(concat!($instruction, ", {}"), in(reg) at, options(nostack, preserves_flags)) };
            at += line;
        }
        barrier::dsb(barrier::SY);
    }};
}

/// What the caches between this core and memory are like.
pub fn cache_type() -> CacheType {
    let ctr: u64;
    // SAFETY: reads an identification register (DDI 0487, CTR_EL0).
    unsafe { asm!("mrs {}, ctr_el0", out(reg) ctr, options(nomem, nostack, preserves_flags, pure)) };
    CacheType::new(ctr)
}

/// Writes the bytes' lines back to memory.
pub fn clean(address: usize, size: usize) {
    for_each_line!("dc cvac", address, size);
}

/// Writes the bytes' lines back to memory and forgets them.
pub fn clean_and_invalidate(address: usize, size: usize) {
    for_each_line!("dc civac", address, size);
}

/// Forgets the bytes' lines.
///
/// # Safety
/// Nothing that was written to these lines since they were last cleaned is wanted.
pub unsafe fn invalidate(address: usize, size: usize) {
    for_each_line!("dc ivac", address, size);
}

/// What this core wrote is seen by devices before its next access to a register.
#[inline(always)]
pub fn before_doorbell() {
    barrier::dsb(barrier::ST);
}

/// No read after this was done before it.
#[inline(always)]
pub fn after_completion() {
    barrier::dsb(barrier::LD);
}
