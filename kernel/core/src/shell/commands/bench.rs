//! `bench`: what the kernel's operations cost.

use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Form, Kind, Need, Operand};
use super::super::completion;
use crate::system::Measured;

/// `bench`
pub static BENCH: Command = Command {
    name: "bench",
    category: Category::Kernel,
    brief: "measure what the kernel's operations cost",
    forms: &[Form {
        word: "",
        brief: "one operation or all of them, in nanoseconds each",
        flags: &[],
        operands: &[Operand { name: "NAME", kind: Kind::Named(completion::benches), need: Need::Optional }],
        run: bench,
    }],
    examples: &[Example { line: "bench yield", shows: "bench yield 110 ns" }],
    see_also: &["selftest", "threads"],
};

fn bench<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let wanted = call.args.operand(0).filter(|name| *name != "all");
    let hertz = call.system.clock().frequency_hz();
    let all = call.system.benches();
    let mut chosen = all.iter().filter(|bench| wanted.is_none_or(|name| name == bench.name)).peekable();
    if chosen.peek().is_none() {
        return Err(Failure::Value { text: wanted.unwrap_or("all"), wanted: "bench; Tab offers them" });
    }
    for bench in chosen {
        let measured = (bench.run)();
        let instructions = measured.ok().and_then(Measured::instructions_each);
        let nanoseconds = measured.and_then(|measured| measured.nanoseconds(hertz).ok_or("no clock"));
        match (instructions, nanoseconds) {
            (Some(instructions), _) => writeln!(call.out, "bench {} {instructions} instructions", bench.name)?,
            (None, Ok(nanoseconds)) => writeln!(call.out, "bench {} {nanoseconds} ns", bench.name)?,
            (None, Err(why)) => writeln!(call.out, "bench {} skipped: {why}", bench.name)?,
        }
    }
    Ok(())
}
