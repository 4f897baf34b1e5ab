//! `stress`: everything at once, for a while.

use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Flag, Form, Kind, Need, Operand};
use crate::system::Asked;

/// `stress`
pub static STRESS: Command = Command {
    name: "stress",
    category: Category::Kernel,
    brief: "let all cores do everything at once for a while",
    forms: &[Form {
        word: "",
        brief: "threads, wake-ups, timers, interrupts between cores, memory and disk reads; then whether anything is lost",
        flags: &[Flag { name: "-s", value: "SEED", brief: "the number that every choice follows from" }],
        operands: &[Operand { name: "SECONDS", kind: Kind::Number, need: Need::One }],
        run: stress,
    }],
    examples: &[Example { line: "stress 2", shows: "how often each was done, and PASS or FAIL with the reason" }],
    see_also: &["selftest", "threads"],
};

fn stress<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let text = call.args.operand(0).unwrap_or_default();
    let seconds = text.parse().ok().filter(|&seconds| seconds > 0);
    let seconds = seconds.ok_or(Failure::Value { text, wanted: "number of seconds above 0" })?;
    let seed = match call.args.value("-s") {
        Some(text) => Some(seed(text).ok_or(Failure::Value { text, wanted: "number" })?),
        None => None,
    };
    let stress = call.system.stress().ok_or(Failure::NoStress)?;
    let totals = stress(Asked { seconds, seed });
    for (work, count) in &totals.works {
        writeln!(call.out, "{count:>10} {work}")?;
    }
    let late = totals.latest_ns / 1000;
    write!(call.out, "stress: {seconds} s, {} CPUs, seed {:#x}, {late} us late at most: ", totals.cpus, totals.seed)?;
    match totals.failure {
        None => Ok(writeln!(call.out, "PASS")?),
        Some(why) => {
            writeln!(call.out, "FAIL ({why})")?;
            Err(Failure::Stress)
        }
    }
}

fn seed(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}
