//! `selftest`: the kernel's tests of itself.

use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Form, Kind, Need, Operand};
use super::super::completion;
use crate::system::{Outcome, Selftest};

/// `selftest`
pub static SELFTEST: Command = Command {
    name: "selftest",
    category: Category::Kernel,
    brief: "let the kernel test itself",
    forms: &[Form {
        word: "",
        brief: "one test or all of them, a line each: [PASS|FAIL|SKIP] name (why)",
        flags: &[],
        operands: &[Operand { name: "NAME", kind: Kind::Named(completion::selftests), need: Need::Optional }],
        run: selftest,
    }],
    examples: &[
        Example { line: "selftest", shows: "every test, then how many passed" },
        Example { line: "selftest frames", shows: "[PASS] frames (…)" },
    ],
    see_also: &["mem", "log"],
};

fn selftest<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let wanted = call.args.operand(0).filter(|name| *name != "all");
    let tests = call.system.selftests();
    let mut chosen = tests.iter().filter(|test| wanted.is_none_or(|name| name == test.name)).peekable();
    if chosen.peek().is_none() {
        return Err(Failure::Value { text: wanted.unwrap_or("all"), wanted: "selftest; Tab offers them" });
    }
    let mut counts = [0; 3];
    for Selftest { name, run } in chosen {
        let outcome = run();
        let (word, why) = outcome.parts();
        writeln!(call.out, "[{word}] {name} ({why})")?;
        let [passed, failed, skipped] = &mut counts;
        match outcome {
            Outcome::Pass(_) => *passed += 1,
            Outcome::Fail(_) => *failed += 1,
            Outcome::Skip(_) => *skipped += 1,
        }
    }
    let [passed, failed, skipped] = counts;
    writeln!(call.out, "{passed} passed, {failed} failed, {skipped} skipped")?;
    if failed > 0 { Err(Failure::Selftest { failed }) } else { Ok(()) }
}
