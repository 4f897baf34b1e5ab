//! `/proc`: what the kernel knows about itself, made when it is read.

use core::fmt::Write;

use super::{Entry, FileKind, FileSystem, FsError};
use crate::report;
use crate::system::System;
use crate::text::Json;

/// The files of `/proc`.
pub struct Proc<'s> {
    system: &'s dyn System,
}

/// One file.
struct File {
    name: &'static str,
    brief: &'static str,
    read: fn(&dyn System, &mut dyn Write) -> Result<(), FsError>,
}

static FILES: [File; 7] = [
    File { name: "board", brief: "the board's tables in brief, as TOML", read: board },
    File { name: "bootlog", brief: "the log since the kernel's first instructions", read: bootlog },
    File { name: "cmdline", brief: "the kernel command line, from /chosen", read: cmdline },
    File { name: "facts", brief: "the ledger, a JSON object a line", read: facts },
    File { name: "interrupts", brief: "interrupt lines and their counts", read: interrupts },
    File { name: "meminfo", brief: "physical memory and the heap", read: meminfo },
    File { name: "uptime", brief: "how long the kernel runs", read: uptime },
];

impl<'s> Proc<'s> {
    /// The files, filled from `system`.
    pub fn new(system: &'s dyn System) -> Self {
        Self { system }
    }
}

impl FileSystem for Proc<'_> {
    fn kind(&self, path: &str) -> Result<FileKind, FsError> {
        match path {
            "" => Ok(FileKind::Directory),
            _ => find(path).map(|_| FileKind::File),
        }
    }

    fn list(&self, path: &str, each: &mut dyn FnMut(Entry<'_>)) -> Result<(), FsError> {
        if !path.is_empty() {
            find(path)?;
            return Err(FsError::NotADirectory);
        }
        for File { name, brief, .. } in &FILES {
            each(Entry { name, kind: FileKind::File, brief });
        }
        Ok(())
    }

    fn read(&self, path: &str, out: &mut dyn Write) -> Result<(), FsError> {
        match path {
            "" => Err(FsError::IsADirectory),
            _ => (find(path)?.read)(self.system, out),
        }
    }
}

fn find(path: &str) -> Result<&'static File, FsError> {
    let (name, rest) = path.split_once('/').unwrap_or((path, ""));
    let file = FILES.iter().find(|file| file.name == name).ok_or(FsError::NotFound)?;
    if rest.is_empty() { Ok(file) } else { Err(FsError::NotADirectory) }
}

fn board(system: &dyn System, out: &mut dyn Write) -> Result<(), FsError> {
    let board = system.board().ok_or(FsError::NothingBehind)?;
    let pairs = [("name", board.name), ("summary", board.summary), ("file", board.file), ("tree", board.tree)];
    pairs.into_iter().chain([("preset", board.preset.name)]).try_for_each(|(key, value)| {
        write!(out, "{key} = ")?;
        // A JSON string is a TOML one too.
        Json::new(out).text(&value)?;
        out.write_char('\n')
    })?;
    out.write_str("compatible = ")?;
    let mut strings = Json::new(out);
    strings.open('[')?;
    board.compatible.iter().try_for_each(|string| strings.text(string))?;
    strings.close(']')?;
    out.write_char('\n')?;
    let Some(ledger) = system.ledger() else { return Ok(()) };
    let counts = ledger.counts();
    writeln!(out, "\n[facts]\nunchecked = {}", ledger.is_unchecked())?;
    writeln!(out, "match = {}\ndrift = {}\nmissing = {}", counts.matched, counts.drift, counts.missing)?;
    writeln!(out, "disabled = {}\nunresolvable = {}", counts.disabled, counts.unresolvable)?;
    Ok(writeln!(out, "extra = {}\nfatal = {}", counts.extra, counts.fatal)?)
}

fn bootlog(system: &dyn System, out: &mut dyn Write) -> Result<(), FsError> {
    Ok(report::log(system.log(), system.clock(), usize::MAX, out)?)
}

fn cmdline(system: &dyn System, out: &mut dyn Write) -> Result<(), FsError> {
    let tree = system.tree().ok_or(FsError::NothingBehind)?;
    match tree.chosen().and_then(|chosen| chosen.bootargs()) {
        Some(Ok(arguments)) => Ok(writeln!(out, "{arguments}")?),
        Some(Err(_)) => Err(FsError::Damaged),
        None => Ok(writeln!(out)?),
    }
}

fn facts(system: &dyn System, out: &mut dyn Write) -> Result<(), FsError> {
    let ledger = system.ledger().ok_or(FsError::NothingBehind)?;
    Ok(ledger.rows().iter().try_for_each(|row| report::facts_json(ledger.board(), row, out))?)
}

fn interrupts(system: &dyn System, out: &mut dyn Write) -> Result<(), FsError> {
    Ok(report::interrupts(system.interrupts(), out)?)
}

fn meminfo(system: &dyn System, out: &mut dyn Write) -> Result<(), FsError> {
    Ok(report::memory(system.memory(), out)?)
}

fn uptime(system: &dyn System, out: &mut dyn Write) -> Result<(), FsError> {
    Ok(report::uptime(system, out)?)
}
