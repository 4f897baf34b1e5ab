//! Threads that belong to no core: they go where there is time for them, and must have everything with them.

use core::array;
use core::hint::black_box;
use core::time::Duration;

use kernel_core::sched::Priority;

use crate::sched;

use super::crowd::{Added, Crowd, Me, Place};

/// Numbers that a thread carries on its stack.
const NUMBERS: usize = 24;

/// A worker without a core.
pub(super) fn start(crowd: &mut Crowd) -> Added {
    crowd.add_at(Priority::NORMAL, "walks", Place::Anywhere, walk)
}

fn walk(mut me: Me) {
    let mut cpu = sched::this_cpu();
    while me.goes_on() {
        let first = me.random.next();
        let carried: [u64; NUMBERS] = black_box(array::from_fn(|index| first.wrapping_add(index as u64)));
        match me.random.below(3) {
            0 => sched::yield_now(),
            1 => sched::sleep(Duration::from_micros(me.random.below(300))),
            // Long enough for its turn to end now and then.
            _ => (0..me.random.below(20_000)).for_each(|step| _ = black_box(step)),
        }
        let here = sched::this_cpu();
        if here != cpu {
            cpu = here;
            me.moved();
        }
        if black_box(carried).iter().zip(0..).any(|(number, index)| *number != first.wrapping_add(index)) {
            return me.fails(format_args!("a thread lost numbers on its way to CPU {here}"));
        }
        me.did(1);
    }
}
