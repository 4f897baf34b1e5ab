//! All of boot on one page.

use crate::arch::beacon::{BEACON, Stage};
use crate::arch::cpu;

/// Where `head.S` hands over: in the high half, on the main stack, exceptions masked.
pub extern "C" fn entry() -> ! {
    BEACON.reach(Stage::Rust);
    unsafe { core::ptr::write_volatile(0xffff_ffff_8000_0000usize as *mut u32, 0) };
    cpu::halt()
}
