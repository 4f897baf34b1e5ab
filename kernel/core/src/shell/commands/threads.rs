//! `threads`: which there are, and what each does.

use core::fmt;

use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Form, JSON};
use crate::report;
use crate::system::Threads;
use crate::text::Json;

/// `threads`
pub static THREADS: Command = Command {
    name: "threads",
    category: Category::Kernel,
    brief: "show threads and what each does",
    forms: &[Form {
        word: "",
        brief: "threads by number: name, priority, state, CPU",
        flags: &[JSON],
        operands: &[],
        run: threads,
    }],
    examples: &[Example { line: "threads", shows: "the shell runs, the idle thread waits for its turn" }],
    see_also: &["cpus", "irq"],
};

fn threads<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let threads = call.system.threads();
    let printed = if call.args.has("--json") { json(threads, call.out) } else { report::threads(threads, call.out) };
    Ok(printed?)
}

fn json(threads: &dyn Threads, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut json = Json::new(out);
    json.open('{')?;
    json.key("threads")?.open('[')?;
    for thread in (0..).map_while(|index| threads.thread(index)) {
        json.open('{')?;
        json.key("number")?.number(thread.number.into())?;
        json.key("name")?.text(&thread.name)?;
        json.key("priority")?.number(thread.priority.into())?;
        json.key("state")?.text(&thread.state.word())?;
        json.key("cpu")?.number(thread.cpu as u64)?;
        json.close('}')?;
    }
    json.close(']')?;
    json.close('}')?;
    out.write_char('\n')
}
