//! Threads.

use core::fmt::{self, Write};

use crate::system::{Clock, Threads};
use crate::text::{Align, Nanoseconds, table};

/// A thread a line: number, name, priority, state, core.
pub(crate) fn threads(threads: &dyn Threads, out: &mut dyn Write) -> fmt::Result {
    table(out, &[Align::Right, Align::Left, Align::Right, Align::Left, Align::Right], &mut |row| {
        row(&[&"thread", &"name", &"priority", &"state", &"CPU"])?;
        for thread in (0..).map_while(|index| threads.thread(index)) {
            row(&[&thread.number, &thread.name, &thread.priority, &thread.state.word(), &thread.cpu])?;
        }
        Ok(())
    })
}

/// Who has reserved time; the cores of which some is reserved, a line each; and whether the timer can be relied on.
pub(crate) fn deadlines(threads: &dyn Threads, clock: &dyn Clock, out: &mut dyn Write) -> fmt::Result {
    let time = |ticks| Time(clock.nanoseconds(ticks), ticks);
    match threads.reserved(0) {
        Some(_) => reserved(threads, clock, out)?,
        None => writeln!(out, "no thread has a reservation")?,
    }
    for core in (0..).map_while(|index| threads.reserved_core(index)) {
        write!(out, "CPU {}: {} of {} ppm reserved", core.cpu, core.charged_ppm, core.bound_ppm)?;
        if let Some(late) = core.late {
            let (p50, p99, max) = (time(late.p50), time(late.p99), time(late.max));
            write!(out, "; {} timer interrupts, late by {p50} (p50), {p99} (p99), {max} (max)", core.interrupts)?;
        }
        out.write_char('\n')?;
    }
    writeln!(out, "timer: {}", threads.timer())
}

/// A thread with a reservation a line: budget, the time there is for it, period, what is left, overrun, state.
fn reserved(threads: &dyn Threads, clock: &dyn Clock, out: &mut dyn Write) -> fmt::Result {
    let time = |ticks| Time(clock.nanoseconds(ticks), ticks);
    let right = Align::Right;
    table(out, &[right, Align::Left, right, right, right, right, right, right, Align::Left], &mut |row| {
        row(&[&"thread", &"name", &"CPU", &"budget", &"within", &"period", &"left", &"overrun", &"state"])?;
        for it in (0..).map_while(|index| threads.reserved(index)) {
            let (budget, window) = (time(it.reservation.budget()), time(it.reservation.window()));
            let (period, left, overrun) = (time(it.reservation.period()), time(it.left), time(it.overrun));
            row(&[&it.number, &it.name, &it.cpu, &budget, &window, &period, &left, &overrun, &it.state.word()])?;
        }
        Ok(())
    })
}

/// Nanoseconds, or ticks where nobody knows how long those are.
struct Time(Option<u64>, u64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(nanoseconds) => Nanoseconds(nanoseconds).fmt(f),
            None => write!(f, "{} ticks", self.1),
        }
    }
}
