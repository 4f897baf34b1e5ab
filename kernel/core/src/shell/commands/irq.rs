//! `irq`: interrupt lines and how often each came.

use core::fmt;

use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Form, JSON};
use crate::report;
use crate::system::Interrupts;
use crate::text::Json;

/// `irq`
pub static IRQ: Command = Command {
    name: "irq",
    category: Category::Kernel,
    brief: "show interrupt lines and their counts",
    forms: &[Form {
        word: "",
        brief: "lines in INTID order: type and number, trigger, state, count, device",
        flags: &[JSON],
        operands: &[],
        run: irq,
    }],
    examples: &[Example { line: "irq", shows: "the timer's count grows" }],
    see_also: &["board", "uptime"],
};

fn irq<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let interrupts = call.system.interrupts();
    let printed =
        if call.args.has("--json") { json(interrupts, call.out) } else { report::interrupts(interrupts, call.out) };
    Ok(printed?)
}

fn json(interrupts: &dyn Interrupts, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut json = Json::new(out);
    json.open('{')?;
    json.key("lines")?.open('[')?;
    for line in (0..).map_while(|index| interrupts.line(index)) {
        json.open('{')?;
        json.key("intid")?.number(line.interrupt.intid().into())?;
        json.key("interrupt")?.text(&line.interrupt)?;
        json.key("trigger")?.text(&line.interrupt.trigger)?;
        json.key("device")?.text(&line.device)?;
        json.key("enabled")?.boolean(line.enabled)?;
        json.key("count")?.number(line.count)?;
        json.close('}')?;
    }
    json.close(']')?;
    json.key("spurious")?.number(interrupts.spurious())?;
    json.key("unhandled")?.number(interrupts.unhandled())?;
    json.close('}')?;
    out.write_char('\n')
}
