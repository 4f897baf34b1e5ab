//! `ls` and `cat`: the file systems.

use core::fmt::Write as _;

use super::super::call::{Call, Failure, Text};
use super::super::command::{Category, Command, Example, Form, Kind, Need, Operand};
use super::super::completion;
use crate::text::{Align, table};
use crate::vfs::{Entry, FileKind, FsError, Vfs};

/// `ls`
pub static LS: Command = Command {
    name: "ls",
    category: Category::Files,
    brief: "list a directory",
    forms: &[Form {
        word: "",
        brief: "list a directory, the root if none is named",
        flags: &[],
        operands: &[Operand { name: "PATH", kind: Kind::Named(completion::files), need: Need::Optional }],
        run: ls,
    }],
    examples: &[Example { line: "ls /proc", shows: "what the kernel tells about itself" }],
    see_also: &["cat"],
};

/// `cat`
pub static CAT: Command = Command {
    name: "cat",
    category: Category::Files,
    brief: "print a file",
    forms: &[Form {
        word: "",
        brief: "print a file; reading never drains it",
        flags: &[],
        operands: &[Operand { name: "FILE", kind: Kind::Named(completion::files), need: Need::One }],
        run: cat,
    }],
    examples: &[Example { line: "cat /proc/bootlog", shows: "the log since the kernel's first instructions" }],
    see_also: &["ls", "log"],
};

fn ls<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let path = call.args.operand(0).unwrap_or("/");
    let files = Vfs::new(call.system);
    let failure = |error| failure(path, error);
    if files.kind(path).map_err(failure)? == FileKind::File {
        return Ok(writeln!(call.out, "{path}")?);
    }
    let mut listed = Ok(());
    table(call.out, &[Align::Left], &mut |row| {
        let mut result = Ok(());
        listed = files.list(path, &mut |Entry { name, kind, brief }| {
            let mark = if kind == FileKind::Directory { "/" } else { "" };
            result = result.and_then(|()| row(&[&format_args!("{name}{mark}"), &brief]));
        });
        result
    })?;
    listed.map_err(failure)
}

fn cat<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let path = call.args.operand(0).unwrap_or_default();
    Vfs::new(call.system).read(path, call.out).map_err(|error| failure(path, error))
}

fn failure(path: &str, error: FsError) -> Failure<'_> {
    let mut why = Text::new();
    // Cannot fail: every text of it has room.
    let _ = write!(why, "{error}");
    Failure::File { path, why, errno: error.errno() }
}
