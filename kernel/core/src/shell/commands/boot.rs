//! `boot`: the stages from entry to the prompt, and what each took.

use core::fmt;

use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Form, JSON};
use crate::system::{Boot, Stage};
use crate::text::{Align, Json, Nanoseconds, PerMille, table};

/// `boot`
pub static BOOT: Command = Command {
    name: "boot",
    category: Category::Kernel,
    brief: "show the stages of the boot and what each took",
    forms: &[Form {
        word: "",
        brief: "stages in their order: ticks of the counter, time, share of the whole",
        flags: &[JSON],
        operands: &[],
        run: boot,
    }],
    examples: &[Example { line: "boot", shows: "where the time to the prompt went" }],
    see_also: &["log", "uptime"],
};

fn boot<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let printed = if call.args.has("--json") { json(call) } else { people(call) };
    Ok(printed?)
}

fn people(call: &mut Call<'_>) -> fmt::Result {
    let (boot, clock) = (call.system.boot(), call.system.clock());
    let build = boot.build();
    writeln!(
        call.out,
        "Keel {} ({}, {}) entered at EL{}, {} online",
        build.version,
        build.id,
        build.profile,
        boot.entry_level(),
        Cpus(boot.cpus_online()),
    )?;
    let total = total(boot);
    let print = |row: &mut dyn FnMut(&[&dyn fmt::Display]) -> fmt::Result, name: &str, ticks: u64| {
        let share = PerMille::of(ticks, total);
        match clock.nanoseconds(ticks) {
            Some(time) => row(&[&name, &format_args!("{ticks} ticks"), &Nanoseconds(time), &share]),
            None => row(&[&name, &format_args!("{ticks} ticks"), &"", &share]),
        }
    };
    table(call.out, &[Align::Left, Align::Right, Align::Right, Align::Right], &mut |row| {
        stages(boot).try_for_each(|stage| print(row, stage.name, stage.ticks()))?;
        print(row, "total", total)
    })
}

fn json(call: &mut Call<'_>) -> fmt::Result {
    let (boot, clock) = (call.system.boot(), call.system.clock());
    let build = boot.build();
    let mut json = Json::new(call.out);
    json.open('{')?;
    json.key("version")?.text(&build.version)?;
    json.key("build")?.text(&build.id)?;
    json.key("profile")?.text(&build.profile)?;
    json.key("entry_level")?.number(boot.entry_level().into())?;
    json.key("cpus_online")?.number(boot.cpus_online() as u64)?;
    json.key("total_ticks")?.number(total(boot))?;
    json.key("total_ns")?.number_or_null(clock.nanoseconds(total(boot)))?;
    json.key("stages")?.open('[')?;
    for stage in stages(boot) {
        json.open('{')?;
        json.key("name")?.text(&stage.name)?;
        json.key("start_ticks")?.number(stage.start.saturating_sub(clock.entry_ticks()))?;
        json.key("ticks")?.number(stage.ticks())?;
        json.key("ns")?.number_or_null(clock.nanoseconds(stage.ticks()))?;
        json.close('}')?;
    }
    json.close(']')?;
    json.close('}')?;
    call.out.write_char('\n')
}

fn stages(boot: &dyn Boot) -> impl Iterator<Item = Stage<'_>> {
    (0..).map_while(|index| boot.stage(index))
}

/// From the first stage's start to the last one's end.
fn total(boot: &dyn Boot) -> u64 {
    let start = boot.stage(0).map_or(0, |stage| stage.start);
    stages(boot).last().map_or(0, |stage| stage.end.saturating_sub(start))
}

impl Stage<'_> {
    fn ticks(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }
}

/// `1 CPU`, `4 CPUs`
struct Cpus(usize);

impl fmt::Display for Cpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} CPU{}", self.0, if self.0 == 1 { "" } else { "s" })
    }
}
