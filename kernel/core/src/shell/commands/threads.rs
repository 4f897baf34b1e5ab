//! `threads`: which there are, and what each does.

use core::fmt;

use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Form, JSON};
use crate::report;
use crate::system::{Reserved, Threads};
use crate::text::Json;

/// `threads`
pub static THREADS: Command = Command {
    name: "threads",
    category: Category::Kernel,
    brief: "show threads and what each does",
    forms: &[
        Form {
            word: "",
            brief: "threads by number: name, priority, state, CPU",
            flags: &[JSON],
            operands: &[],
            run: threads,
        },
        Form {
            word: "deadlines",
            brief: "who has reserved time of a core, what is left of it, and how late timers interrupt",
            flags: &[JSON],
            operands: &[],
            run: deadlines,
        },
    ],
    examples: &[
        Example { line: "threads", shows: "the shell runs, the idle thread waits for its turn" },
        Example { line: "threads deadlines", shows: "budgets, overruns, and whether the timer can be relied on" },
    ],
    see_also: &["cpus", "irq"],
};

fn threads<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let threads = call.system.threads();
    let printed = if call.args.has("--json") { json(threads, call.out) } else { report::threads(threads, call.out) };
    Ok(printed?)
}

fn deadlines<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let (threads, clock) = (call.system.threads(), call.system.clock());
    let printed = if call.args.has("--json") {
        deadlines_json(threads, call.out)
    } else {
        report::deadlines(threads, clock, call.out)
    };
    Ok(printed?)
}

fn deadlines_json(threads: &dyn Threads, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut json = Json::new(out);
    json.open('{')?;
    json.key("reserved")?.open('[')?;
    for Reserved { number, name, cpu, reservation, left, overrun, state } in
        (0..).map_while(|index| threads.reserved(index))
    {
        json.open('{')?;
        json.key("number")?.number(number.into())?;
        json.key("name")?.text(&name)?;
        json.key("cpu")?.number(cpu as u64)?;
        json.key("budget_ticks")?.number(reservation.budget())?;
        json.key("window_ticks")?.number(reservation.window())?;
        json.key("period_ticks")?.number(reservation.period())?;
        json.key("left_ticks")?.number(left)?;
        json.key("overrun_ticks")?.number(overrun)?;
        json.key("state")?.text(&state.word())?;
        json.close('}')?;
    }
    json.close(']')?;
    json.key("cores")?.open('[')?;
    for core in (0..).map_while(|index| threads.reserved_core(index)) {
        json.open('{')?;
        json.key("cpu")?.number(core.cpu as u64)?;
        json.key("charged_ppm")?.number(core.charged_ppm.into())?;
        json.key("bound_ppm")?.number(core.bound_ppm.into())?;
        json.key("interrupts")?.number(core.interrupts)?;
        json.key("late_p50_ticks")?.number_or_null(core.late.map(|late| late.p50))?;
        json.key("late_p99_ticks")?.number_or_null(core.late.map(|late| late.p99))?;
        json.key("late_max_ticks")?.number_or_null(core.late.map(|late| late.max))?;
        json.close('}')?;
    }
    json.close(']')?;
    json.key("timer")?.text(&threads.timer())?;
    json.close('}')?;
    out.write_char('\n')
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
