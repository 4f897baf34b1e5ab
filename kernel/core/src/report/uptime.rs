//! How long the kernel runs, on one line.

use core::fmt::{self, Write};

use crate::system::System;

/// `up 0:01:23.456, 1 CPU online, 2026-11-22 09:14:25 UTC`
pub(crate) fn uptime(system: &dyn System, out: &mut dyn Write) -> fmt::Result {
    let clock = system.clock();
    let ticks = clock.ticks();
    match clock.since_entry(ticks) {
        Some(time) => {
            let milliseconds = time / 1_000_000;
            let seconds = milliseconds / 1000;
            write!(out, "up {}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
            write!(out, ".{:03}", milliseconds % 1000)?;
        }
        None => write!(out, "up {} ticks of an unknown length", ticks.saturating_sub(clock.entry_ticks()))?,
    }
    let cpus = system.boot().cpus_online();
    write!(out, ", {cpus} CPU{} online", if cpus == 1 { "" } else { "s" })?;
    if let Some(now) = clock.unix_seconds() {
        write!(out, ", {}", Utc(now))?;
    }
    out.write_char('\n')
}

/// Seconds since 1970 as a date and a time.
struct Utc(u64);

impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0 / 86_400);
        let second = self.0 % 86_400;
        write!(f, "{year}-{month:02}-{day:02} ")?;
        write!(f, "{:02}:{:02}:{:02} UTC", second / 3600, second / 60 % 60, second % 60)
    }
}

/// Year, month and day of a day since 1970-01-01, in eras of 400 years that start in March so that leap days come last.
fn civil(days: u64) -> (u64, u64, u64) {
    const DAYS_TO_1970: u64 = 719_468;
    const ERA: u64 = 146_097;
    let days = days + DAYS_TO_1970;
    let (era, day) = (days / ERA, days % ERA);
    let year = (day - day / 1460 + day / 36_524 - day / (ERA - 1)) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day_of_month = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day_of_month)
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn dates() {
        let shown = [0, 951_827_696, 1_795_338_865, 4_107_542_400].map(|seconds| Utc(seconds).to_string());
        assert_eq!(
            shown,
            [
                "1970-01-01 00:00:00 UTC",
                "2000-02-29 12:34:56 UTC",
                "2026-11-22 09:14:25 UTC",
                "2100-03-01 00:00:00 UTC",
            ]
        );
    }
}
