//! The last words.
use crate::arch::exception::Unexpected;

/// An exception that nobody handles.
pub fn exception(_e: &Unexpected<'_>) -> ! {
    crate::arch::cpu::halt()
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    crate::arch::cpu::halt()
}
