//! What a panic may use: everything, whoever holds it.

use core::fmt;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::sync::Lock;

use super::console;

/// How often a panic began. More than once: the report itself failed.
static DEPTH: AtomicU32 = AtomicU32::new(0);

/// Writes to the console past its lock.
#[derive(Debug)]
pub struct LastWords(());

/// Whether a panic has begun.
pub fn begun() -> bool {
    DEPTH.load(Relaxed) > 0
}

/// A panic begins: how many began before it, and its way to the console.
pub fn begin() -> (u32, LastWords) {
    // For good: a panic never ends.
    let _ = crate::arch::cpu::mask_interrupts();
    (DEPTH.fetch_add(1, Relaxed), LastWords(()))
}

/// Does `use_it` with the value behind `lock`, once a panic has begun; without the lock.
pub fn force<T>(lock: &Lock<T>, use_it: impl FnOnce(&mut T)) {
    assert!(begun(), "only a panic takes what others hold");
    // SAFETY: a panic has begun, which never ends: with interrupts masked and one core running, nothing that held or
    // could take this lock goes on, and the reference ends with the call.
    use_it(unsafe { &mut *lock.as_ptr() });
}

impl fmt::Write for LastWords {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        console::write_in_panic(text);
        Ok(())
    }
}
