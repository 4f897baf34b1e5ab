//! Everything at once, on all cores, for a while: a wake-up that is lost, memory that isn't given back and a time that is missed
//! show here.
//!
//! `crowd` has the workers: threads that do one kind of work again and again, most of them each on a core. `wakes` hands things from
//! core to core and counts them at both ends, so do `turns` by a condition variable and `put_off` by a work queue; `times` waits
//! and interrupts other cores, `walks` goes from core to core, `memory` holds what it got against what it wrote, `reads` what the
//! disk gives against what it gave at first. What is left over when all have gone is `holdings`'.

mod crowd;
mod holdings;
mod memory;
mod put_off;
mod random;
mod reads;
mod times;
mod turns;
mod wakes;
mod walks;

use alloc::vec::Vec;
use core::time::Duration;

use kernel_core::system::{Asked, Totals, Why, why};

use crate::arch::counter;
use crate::log;
use crate::sched;

use crowd::Crowd;
use holdings::Holdings;
use reads::Sums;

/// Cores that take part: their workers have places in the table of threads.
const CPUS: usize = 6;
/// Time for what stays for good: stacks that are kept, a heap that has grown.
const WARM_UP: Duration = Duration::from_millis(300);

/// Does it; the shell's `stress`.
pub fn run(asked: Asked) -> Totals {
    let seed = asked.seed.unwrap_or_else(counter::now);
    let mut totals = Totals { cpus: 0, seed, works: heapless::Vec::new(), latest_ns: 0, failure: None };
    totals.failure = strain(asked.seconds, &mut totals).err().map(|why| *why);
    totals
}

/// A reason; on the heap, as it is long and rare.
type Failed = alloc::boxed::Box<Why>;

fn strain(seconds: u32, totals: &mut Totals) -> Result<(), Failed> {
    let sums = Sums::of_first_disk()?;
    holdings::touch_everything();
    once(WARM_UP, totals, sums.as_ref())?;
    totals.works.clear();
    totals.latest_ns = 0;
    let (before, complaints) = (Holdings::now(), log::complaints());
    once(Duration::from_secs(seconds.into()), totals, sums.as_ref())?;
    before.must_be_back()?;
    match log::complaints().wrapping_sub(complaints) {
        0 => Ok(()),
        count => Err(failed(format_args!("{count} warnings in the log"))),
    }
}

/// All workers, from the first to the last.
fn once(time: Duration, totals: &mut Totals, sums: Option<&Sums>) -> Result<(), Failed> {
    let mut crowd = Crowd::new(totals.seed, sched::online().iter().take(CPUS));
    totals.cpus = crowd.cpus().len();
    let all = crowd.cpus().to_vec();
    let mutex = wakes::Shared::new();
    let put = put_off::start(&mut crowd)?;
    let (mut pairs, mut turns) = (Vec::new(), Vec::new());
    for (&cpu, &next) in all.iter().zip(all.iter().cycle().skip(1)) {
        pairs.push(wakes::pair(&mut crowd, cpu, next)?);
        turns.push(turns::pair(&mut crowd, cpu, next)?);
        walks::start(&mut crowd)?;
        mutex.join(&mut crowd, cpu)?;
        times::start(&mut crowd, cpu)?;
        memory::start(&mut crowd, cpu)?;
        if let Some(sums) = sums {
            reads::start(&mut crowd, cpu, sums.clone())?;
        }
    }
    crowd.work_for(time);
    crowd.end(totals)?;
    pairs.iter().try_for_each(wakes::Pair::check)?;
    turns.iter().try_for_each(|turns| turns.check())?;
    put.check()?;
    mutex.check(totals)
}

fn failed(text: core::fmt::Arguments<'_>) -> Failed {
    alloc::boxed::Box::new(why(text))
}
