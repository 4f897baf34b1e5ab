//! Where the image lies: the linker script's symbols.

use core::ops::Range;
use core::sync::atomic::Ordering::Relaxed;

use super::beacon::BEACON;
use super::mmu::LINK_ADDRESS;

macro_rules! symbol {
    ($name:ident) => {{
        // SAFETY: link.ld defines every symbol that is asked for here; only its address is taken, nothing is read.
        unsafe extern "C" {
            static $name: u8;
        }
        (&raw const $name) as usize
    }};
}

/// The top of the boot core's emergency stack.
pub const EMERGENCY_STACK: *mut u8 = {
    // SAFETY: link.ld defines it, behind the last byte of the stack; only its address is taken.
    unsafe extern "C" {
        static mut __emergency_stack_top: u8;
    }
    &raw mut __emergency_stack_top
};

/// The image's virtual addresses, header to the end of the stacks.
pub fn image() -> Range<usize> {
    symbol!(__image_start)..symbol!(__image_end)
}

/// The code.
pub fn text() -> Range<usize> {
    symbol!(__image_start)..symbol!(__text_end)
}

/// The constants.
pub fn rodata() -> Range<usize> {
    symbol!(__text_end)..symbol!(__rodata_end)
}

/// Data, bss and stacks.
pub fn data() -> Range<usize> {
    symbol!(__rodata_end)..symbol!(__image_end)
}

/// The image's physical addresses.
pub fn image_physical() -> Range<u64> {
    let load = BEACON.load.load(Relaxed);
    load..load + image().len() as u64
}

/// The physical address of something in the image.
pub fn physical(address: usize) -> u64 {
    address as u64 - LINK_ADDRESS + BEACON.load.load(Relaxed)
}

/// The virtual address of a physical one that lies in the image.
pub fn image_virtual(physical: u64) -> Option<usize> {
    image_physical().contains(&physical).then(|| (physical - BEACON.load.load(Relaxed) + LINK_ADDRESS) as usize)
}

/// The physical address of the root table.
pub fn root_table() -> u64 {
    physical(symbol!(__boot_tables))
}

/// The boot core's stacks, each as its guard page and what may be used: the main one, for exceptions, for emergencies.
pub fn stacks() -> [(Range<usize>, Range<usize>); 3] {
    [
        (symbol!(__stack_guard)..symbol!(__stack_bottom), symbol!(__stack_bottom)..symbol!(__stack_top)),
        (
            symbol!(__exception_stack_guard)..symbol!(__exception_stack_bottom),
            symbol!(__exception_stack_bottom)..symbol!(__exception_stack_top),
        ),
        (
            symbol!(__emergency_stack_guard)..symbol!(__emergency_stack_bottom),
            symbol!(__emergency_stack_bottom)..symbol!(__emergency_stack_top),
        ),
    ]
}
