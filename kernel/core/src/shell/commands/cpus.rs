//! `cpus`: which cores there are, and what became of each.

use core::fmt;

use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Form, JSON, Kind, Need, Operand};
use crate::report;
use crate::system::{Cores, Count};
use crate::text::Json;

const CPU: Operand = Operand { name: "N", kind: Kind::Number, need: Need::One };

/// `cpus`
pub static CPUS: Command = Command {
    name: "cpus",
    category: Category::Kernel,
    brief: "show the cores and what became of each",
    forms: &[
        Form {
            word: "",
            brief: "a core a line: number, affinity, state, and why it doesn't run",
            flags: &[JSON],
            operands: &[],
            run: cpus,
        },
        Form {
            word: "counts",
            brief: "what each core has counted: interrupts, kicks by other cores, blocks of the heap, log records",
            flags: &[JSON],
            operands: &[],
            run: counts,
        },
        Form {
            word: "off",
            brief: "let its threads run elsewhere and switch it off",
            flags: &[],
            operands: &[CPU],
            run: off,
        },
        Form { word: "on", brief: "switch it on again", flags: &[], operands: &[CPU], run: on },
    ],
    examples: &[
        Example { line: "cpus", shows: "1  0x1  running" },
        Example { line: "cpus off 1; cpus on 1", shows: "nothing, if it went and came back" },
    ],
    see_also: &["irq", "uptime"],
};

fn cpus<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let cores = call.system.cores();
    let printed = if call.args.has("--json") { json(cores, call.out) } else { report::cores(cores, call.out) };
    Ok(printed?)
}

fn off<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    Ok(call.system.cores().switch_off(number(call)?)?)
}

fn on<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    Ok(call.system.cores().switch_on(number(call)?)?)
}

fn number<'c>(call: &Call<'c>) -> Result<usize, Failure<'c>> {
    let text = call.args.operand(0).unwrap_or_default();
    text.parse().map_err(|_| Failure::Value { text, wanted: "number of a CPU" })
}

fn json(cores: &dyn Cores, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut json = Json::new(out);
    json.open('{')?;
    json.key("cpus")?.open('[')?;
    for core in (0..).map_while(|index| cores.core(index)) {
        json.open('{')?;
        json.key("mpidr")?.text(&core.mpidr)?;
        json.key("state")?.text(&core.state.word())?;
        json.key("why")?.text(&core.state.why())?;
        json.close('}')?;
    }
    json.close(']')?;
    json.close('}')?;
    out.write_char('\n')
}

fn counts<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let cores = call.system.cores();
    let json = call.args.has("--json");
    let printed = if json { counts_json(cores, call.out) } else { report::counts(cores, call.out) };
    Ok(printed?)
}

fn counts_json(cores: &dyn Cores, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut json = Json::new(out);
    json.open('{')?;
    json.key("cpus")?.open('[')?;
    for index in (0..).take_while(|&index| cores.core(index).is_some()) {
        json.open('{')?;
        for count in Count::ALL {
            json.key(count.name())?.number(cores.count(index, count).unwrap_or(0))?;
        }
        json.close('}')?;
    }
    json.close(']')?;
    json.close('}')?;
    out.write_char('\n')
}
