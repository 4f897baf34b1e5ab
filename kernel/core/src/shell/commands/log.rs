//! `log`: the boot log, or its end.

use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Flag, Form};
use crate::report;

/// `log`
pub static LOG: Command = Command {
    name: "log",
    category: Category::Kernel,
    brief: "print the kernel's log",
    forms: &[Form {
        word: "",
        brief: "print the log, oldest first: seconds since entry, level, text",
        flags: &[Flag { name: "-n", value: "N", brief: "only the newest N records" }],
        operands: &[],
        run: log,
    }],
    examples: &[Example { line: "log -n 5", shows: "the newest five records" }],
    see_also: &["boot", "cat"],
};

fn log<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let newest = match call.args.value("-n") {
        Some(text) => text.parse().map_err(|_| Failure::Value { text, wanted: "number" })?,
        None => usize::MAX,
    };
    Ok(report::log(call.system.log(), call.system.clock(), newest, call.out)?)
}
