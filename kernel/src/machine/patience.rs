//! How long something is waited for that another core or firmware does.

use crate::arch::counter;
use crate::arch::secondary;

/// Looks, where no counter tells the time: none has a rate, or the one that there is stands still.
const LOOKS: u32 = 1 << 20;

/// Waits, looking again and again, until `there` or for `ms` milliseconds; whether it is there.
pub fn wait(ms: u64, mut there: impl FnMut() -> bool) -> bool {
    let start = counter::now();
    let ticks = (counter::frequency() / 1000).saturating_mul(ms);
    let (mut before, mut looks) = (start, 0);
    let mut in_time = || {
        let now = counter::now();
        let runs = ticks > 0 && now != before;
        (before, looks) = (now, if runs { 0 } else { looks + 1 });
        looks < LOOKS && (ticks == 0 || now - start <= ticks)
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
