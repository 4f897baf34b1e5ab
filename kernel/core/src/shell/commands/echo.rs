//! `echo`: its words, as they are.

use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Form, Kind, Need, Operand};

/// `echo`
pub static ECHO: Command = Command {
    name: "echo",
    category: Category::Shell,
    brief: "print its words",
    forms: &[Form {
        word: "",
        brief: "print the words with a space between two; $? is how the last command ended",
        flags: &[],
        operands: &[Operand { name: "WORD", kind: Kind::Text, need: Need::Any }],
        run: echo,
    }],
    examples: &[
        Example { line: "echo \"a  b\" 'c;d'", shows: "quotes keep blanks and semicolons" },
        Example { line: "cat /nowhere; echo $?", shows: "1: it failed (2 misused, 127 no such command)" },
    ],
    see_also: &["help"],
};

fn echo<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let mut separator = "";
    for word in call.args.operands() {
        write!(call.out, "{separator}{word}")?;
        separator = " ";
    }
    Ok(call.out.write_char('\n')?)
}
