//! `reboot`, `poweroff`, `panic`: ways to end.

use super::super::Question;
use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Flag, Form};
use crate::system::Provoked;

const YES: Flag = Flag { name: "--yes", value: "", brief: "don't ask" };

/// `reboot`
pub static REBOOT: Command = Command {
    name: "reboot",
    category: Category::Power,
    brief: "reset the machine",
    forms: &[Form { word: "", brief: "reset through PSCI, at once", flags: &[], operands: &[], run: reboot }],
    examples: &[Example { line: "reboot", shows: "firmware starts anew" }],
    see_also: &["poweroff"],
};

/// `poweroff`
pub static POWEROFF: Command = Command {
    name: "poweroff",
    category: Category::Power,
    brief: "switch the machine off",
    forms: &[Form { word: "", brief: "switch off through PSCI, at once", flags: &[], operands: &[], run: poweroff }],
    examples: &[Example { line: "poweroff", shows: "ends QEMU" }],
    see_also: &["reboot"],
};

/// `panic`
pub static PANIC: Command = Command {
    name: "panic",
    category: Category::Power,
    brief: "provoke a kernel panic, to see what one tells",
    forms: &[
        Form { word: "", brief: "provoke a panic; asks first", flags: &[YES], operands: &[], run: panic },
        Form { word: "twice", brief: "one whose report panics too", flags: &[YES], operands: &[], run: panic_twice },
        Form {
            word: "overflow",
            brief: "fill a thread's stack until its guard is hit",
            flags: &[YES],
            operands: &[],
            run: overflow,
        },
        Form {
            word: "elsewhere",
            brief: "one on another core, while this one prints",
            flags: &[YES],
            operands: &[],
            run: elsewhere,
        },
        Form { word: "together", brief: "one on every core at once", flags: &[YES], operands: &[], run: together },
        Form {
            word: "masked",
            brief: "one while another core masks interrupts",
            flags: &[YES],
            operands: &[],
            run: masked,
        },
    ],
    examples: &[Example { line: "panic", shows: "message, registers, backtrace; then the machine has to be reset" }],
    see_also: &["log", "reboot"],
};

fn reboot<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    Err(call.system.power().reboot().into())
}

fn poweroff<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    Err(call.system.power().power_off().into())
}

fn panic<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    provoke(call, Provoked::Panic)
}

fn panic_twice<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    provoke(call, Provoked::PanicTwice)
}

fn overflow<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    provoke(call, Provoked::StackOverflow)
}

fn elsewhere<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    provoke(call, Provoked::Elsewhere)
}

fn together<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    provoke(call, Provoked::Together)
}

fn masked<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    provoke(call, Provoked::Masked)
}

fn provoke<'c>(call: &mut Call<'c>, how: Provoked) -> Result<(), Failure<'c>> {
    if !call.args.has("--yes") {
        return Err(Failure::Ask(Question::Panic(how)));
    }
    call.system.power().panic(how);
    Ok(())
}
