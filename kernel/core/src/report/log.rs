//! The log, a record a line: `[    0.001234] info  text`.

use core::fmt::{self, Write};

use crate::log::{Cursor, Log, Record};
use crate::system::Clock;
use crate::text::Shown;

/// The newest `newest` records, oldest first, and how many are lost.
pub(crate) fn log(log: &dyn Log, clock: &dyn Clock, newest: usize, out: &mut dyn Write) -> fmt::Result {
    // Where the log ends now: what is logged while this prints must not keep it printing.
    let mut end = Cursor::default();
    let all = core::iter::from_fn(|| log.next(&mut end)).count();
    let mut cursor = Cursor::default();
    for _ in newest..all {
        log.next(&mut cursor);
    }
    while cursor < end
        && let Some(next) = log.next(&mut cursor)
    {
        record(&next, clock, out)?;
    }
    match log.dropped() {
        0 => Ok(()),
        dropped => writeln!(out, "({dropped} older records were overwritten)"),
    }
}

/// One record. Control characters in it are shown, not obeyed.
fn record(record: &Record, clock: &dyn Clock, out: &mut dyn Write) -> fmt::Result {
    match clock.since_entry(record.ticks) {
        Some(time) => write!(out, "[{:5}.{:06}]", time / 1_000_000_000, time / 1_000 % 1_000_000)?,
        None => write!(out, "[{:12}]", record.ticks)?,
    }
    write!(out, " {:<5} {}", record.level.name(), Shown(&record.text))?;
    out.write_str(if record.truncated { "…\n" } else { "\n" })
}
