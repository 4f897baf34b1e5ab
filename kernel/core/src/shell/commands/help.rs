//! `help`: commands by category, and everything about one.

use core::fmt;

use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Form, Kind, Need, Operand};
use super::super::completion;
use crate::text::{Align, table};

/// `help`
pub static HELP: Command = Command {
    name: "help",
    category: Category::Shell,
    brief: "list the commands, or tell all about one",
    forms: &[Form {
        word: "",
        brief: "list the commands, or tell all about one",
        flags: &[],
        operands: &[Operand { name: "COMMAND", kind: Kind::Named(completion::commands), need: Need::Optional }],
        run: help,
    }],
    examples: &[Example { line: "help board", shows: "usage, examples and what else to look at" }],
    see_also: &[],
};

fn help<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    match call.args.operand(0) {
        None => Ok(list(call)?),
        Some(name) => {
            let nearest = call.known.nearest(name);
            let command = call.known.find(name).ok_or(Failure::NoCommand { name, nearest })?;
            Ok(one(command, call)?)
        }
    }
}

fn list(call: &mut Call<'_>) -> fmt::Result {
    let known = call.known;
    table(call.out, &[Align::Left], &mut |row| {
        for category in Category::ALL {
            let mut title = Some(category.title());
            for command in known.iter().filter(|command| command.category == category) {
                if let Some(title) = title.take() {
                    row(&[&title])?;
                }
                row(&[&format_args!("  {}", command.name), &command.brief])?;
            }
        }
        Ok(())
    })?;
    call.out.write_str("help COMMAND tells more; Tab completes.\n")
}

fn one(command: &Command, call: &mut Call<'_>) -> fmt::Result {
    let (known, out) = (call.known, &mut *call.out);
    writeln!(out, "{}: {} ({})", command.name, command.brief, command.category.title())?;
    out.write_str("\nUsage\n")?;
    table(out, &[Align::Left], &mut |row| {
        for form in command.forms {
            row(&[&format_args!("  {}", form.usage(command.name)), &form.brief])?;
            for flag in form.flags {
                row(&[&format_args!("    {flag}"), &flag.brief])?;
            }
        }
        Ok(())
    })?;
    out.write_str("\nExamples\n")?;
    table(out, &[Align::Left], &mut |row| {
        command.examples.iter().try_for_each(|example| row(&[&format_args!("  {}", example.line), &example.shows]))
    })?;
    let mut lead = "\nSee also: ";
    for name in command.see_also.iter().filter(|name| known.find(name).is_some()) {
        write!(out, "{lead}{name}")?;
        lead = ", ";
    }
    if lead == ", " { out.write_char('\n') } else { Ok(()) }
}
