//! `kernel-sync` on this architecture's cores.

use crate::arch::per_cpu::Core;

/// A ticket lock that masks interrupts while it is held.
pub type Lock<T> = kernel_sync::TicketLock<T, Core>;

/// The right to use a [`Lock`]'s value.
pub type Guard<'l, T> = kernel_sync::Guard<'l, T, Core>;
