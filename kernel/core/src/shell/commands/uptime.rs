//! `uptime`: how long the kernel runs, and what time it is.

use core::fmt;

use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Form, JSON};
use crate::report;
use crate::text::Json;

/// `uptime`
pub static UPTIME: Command = Command {
    name: "uptime",
    category: Category::Kernel,
    brief: "tell how long the kernel runs",
    forms: &[Form {
        word: "",
        brief: "time since the kernel's entry, and the time of day where there is a clock",
        flags: &[JSON],
        operands: &[],
        run: uptime,
    }],
    examples: &[Example { line: "uptime", shows: "up 0:01:23.456, 1 CPU online" }],
    see_also: &["boot"],
};

fn uptime<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let printed = if call.args.has("--json") { json(call) } else { report::uptime(call.system, call.out) };
    Ok(printed?)
}

fn json(call: &mut Call<'_>) -> fmt::Result {
    let clock = call.system.clock();
    let ticks = clock.ticks();
    let mut json = Json::new(call.out);
    json.open('{')?;
    json.key("uptime_ns")?.number_or_null(clock.since_entry(ticks))?;
    json.key("ticks")?.number(ticks.saturating_sub(clock.entry_ticks()))?;
    json.key("frequency_hz")?.number(clock.frequency_hz())?;
    json.key("unix_seconds")?.number_or_null(clock.unix_seconds())?;
    json.key("cpus_online")?.number(call.system.boot().cpus_online() as u64)?;
    json.close('}')?;
    call.out.write_char('\n')
}
