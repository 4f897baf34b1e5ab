//! Bounded waiting: drivers have no clock, so they count polls.

/// Polls before a device counts as stuck. A read of a peripheral takes some 100 ns on silicon, so this is about 0.1 s:
/// a hundred times what any register announces, and long enough for 16 characters at 2400 baud.
const POLLS: u32 = 1_000_000;

/// Asks until `done`; `false` where it never was.
#[inline(always)]
pub(crate) fn poll(mut done: impl FnMut() -> bool) -> bool {
    (0..POLLS).any(|_| done())
}
