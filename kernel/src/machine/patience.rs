//! How long something is waited for that another core or firmware does.

use crate::arch::counter;
use crate::arch::secondary;

/// Looks, where no counter tells the time.
const LOOKS: u64 = 1 << 20;

/// Waits, looking again and again, until `there` or for `ms` milliseconds; whether it is there.
pub fn wait(ms: u64, mut there: impl FnMut() -> bool) -> bool {
    let start = counter::now();
    let ticks = (counter::frequency() / 1000).checked_mul(ms).filter(|&ticks| ticks > 0);
    let mut looks = 0..LOOKS;
    let mut in_time = || match ticks {
        Some(ticks) => counter::now() - start <= ticks,
        None => looks.next().is_some(),
    };
    loop {
        // Asked before the look, so that the last look is after the time.
        let last = !in_time();
        if there() {
            return true;
        }
        if last {
            return false;
        }
        secondary::wait_a_moment();
    }
}
