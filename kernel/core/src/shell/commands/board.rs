//! `board`: the tables that the kernel runs on, and how the live tree compares.

use core::fmt::{self, Display, Write};

use hardware::board::{Board, Chosen, Device, Preset, Presets, Stage};
use hardware::check::{Ledger, Row, Verdict};

use super::super::call::{Call, Failure};
use super::super::command::{Category, Command, Example, Flag, Form, JSON};
use crate::report;
use crate::text::{Align, Json, table};

/// `board`
pub static BOARD: Command = Command {
    name: "board",
    category: Category::Board,
    brief: "show the board's tables and what the check came to",
    forms: &[
        Form { word: "", brief: "which board this is, in brief", flags: &[JSON], operands: &[], run: summary },
        Form {
            word: "facts",
            brief: "the ledger: claimed, live, verdict, policy",
            flags: &[
                Flag { name: "--drift", value: "", brief: "only what isn't a match, and the change to the board file" },
                Flag { name: "--json", value: "", brief: "for tools, a JSON object a line" },
            ],
            operands: &[],
            run: facts,
        },
        Form {
            word: "devices",
            brief: "the devices of the tables: when a driver starts each, windows, interrupts",
            flags: &[JSON],
            operands: &[],
            run: devices,
        },
        Form {
            word: "presets",
            brief: "all presets and what they choose, this board's marked",
            flags: &[],
            operands: &[],
            run: presets,
        },
    ],
    examples: &[
        Example { line: "board", shows: "the board's name, tree, preset and ledger" },
        Example { line: "board facts --drift", shows: "what the firmware changed since the tables were made" },
    ],
    see_also: &["dt", "irq", "mem"],
};

fn summary<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let board = call.system.board().ok_or(Failure::NoBoard)?;
    if call.args.has("--json") {
        return Ok(summary_json(board, call.system.ledger(), call.out)?);
    }
    let drivers = board.devices.iter().filter(|device| device.driver.is_some()).count();
    table(call.out, &[Align::Left], &mut |row| {
        row(&[&"board", &format_args!("{} · {}", board.title(), board.summary)])?;
        row(&[&"compatible", &Joined(board.compatible)])?;
        row(&[&"tables", &format_args!("{} and {}", board.file, board.tree)])?;
        row(&[&"preset", &board.preset.name])?;
        if let Some(variant) = board.variant {
            row(&[&"variant", &variant])?;
        }
        let (devices, cpus) = (board.devices.len(), board.cpus.len());
        row(&[&"devices", &format_args!("{devices}, {drivers} with a driver; CPUs in the tree: {cpus}")])
    })?;
    match call.system.ledger() {
        Some(ledger) => writeln!(call.out, "{}", ledger.summary())?,
        None => writeln!(call.out, "facts: not checked")?,
    }
    Ok(())
}

fn summary_json(board: &'static Board, ledger: Option<Ledger<'_>>, out: &mut dyn Write) -> fmt::Result {
    let mut json = Json::new(out);
    json.open('{')?;
    json.key("board")?.text(&board.name)?;
    json.key("variant")?.text_or_null(board.variant)?;
    json.key("summary")?.text(&board.summary)?;
    json.key("compatible")?.open('[')?;
    board.compatible.iter().try_for_each(|string| json.text(string))?;
    json.close(']')?;
    json.key("file")?.text(&board.file)?;
    json.key("tree")?.text(&board.tree)?;
    json.key("preset")?.text(&board.preset.name)?;
    json.key("devices")?.number(board.devices.len() as u64)?;
    json.key("checked")?.boolean(ledger.is_some_and(|ledger| !ledger.is_unchecked()))?;
    let counts = ledger.map(|ledger| ledger.counts()).unwrap_or_default();
    let verdicts = [
        (Verdict::Match, counts.matched),
        (Verdict::Drift, counts.drift),
        (Verdict::Missing, counts.missing),
        (Verdict::Disabled, counts.disabled),
        (Verdict::Unresolvable, counts.unresolvable),
        (Verdict::Extra, counts.extra),
    ];
    verdicts.iter().try_for_each(|(verdict, count)| json.key(verdict.as_str())?.number(*count as u64))?;
    json.key("fatal")?.number(counts.fatal as u64)?;
    json.close('}')?;
    out.write_char('\n')
}

fn facts<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let ledger = call.system.ledger().ok_or(Failure::NoLedger)?;
    let drift = call.args.has("--drift");
    let shown = |row: &Row<'_>| !drift || row.verdict != Verdict::Match;
    if call.args.has("--json") {
        let mut rows = ledger.rows().iter().filter(|row| shown(row));
        return Ok(rows.try_for_each(|row| report::facts_json(ledger.board(), row, call.out))?);
    }
    report::facts(&ledger, shown, call.out)?;
    writeln!(call.out, "{}", ledger.summary())?;
    match ledger.patch().filter(|_| drift) {
        Some(patch) => Ok(write!(call.out, "{patch}")?),
        None => Ok(()),
    }
}

fn devices<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let board = call.system.board().ok_or(Failure::NoBoard)?;
    if call.args.has("--json") {
        return Ok(board.devices.iter().try_for_each(|device| device_json(device, call.out))?);
    }
    Ok(table(call.out, &[Align::Left; 5], &mut |row| {
        row(&[&"device", &"binding", &"started", &"window", &"interrupt", &"path"])?;
        board.devices.iter().try_for_each(|device| print_device(device, row))
    })?)
}

/// A line for each window or interrupt, whichever there are more of; the names only on the first.
fn print_device(device: &Device, row: &mut dyn FnMut(&[&dyn Display]) -> fmt::Result) -> fmt::Result {
    for line in 0..device.windows.len().max(device.interrupts.len()).max(1) {
        let window = Optional(device.windows.get(line).map(|window| window.unchecked()));
        let interrupt = Optional(device.interrupts.get(line).map(|interrupt| interrupt.unchecked()));
        match line {
            0 => {
                let started = match device.left_out {
                    Some(_) => "left out",
                    None if device.driver.is_some() => stage(device.stage),
                    None => "never",
                };
                row(&[&device.name, &device.binding, &started, &window, &interrupt, &device.path])?;
            }
            _ => row(&[&"", &"", &"", &window, &interrupt])?,
        }
    }
    Ok(())
}

fn device_json(device: &Device, out: &mut dyn Write) -> fmt::Result {
    let mut json = Json::new(out);
    json.open('{')?;
    json.key("device")?.text(&device.name)?;
    json.key("path")?.text(&device.path)?;
    json.key("binding")?.text(&device.binding)?;
    json.key("compatible")?.text(&device.compatible)?;
    json.key("driver")?.boolean(device.driver.is_some())?;
    json.key("stage")?.text(&stage(device.stage))?;
    json.key("windows")?.open('[')?;
    for window in device.windows {
        let window = window.unchecked();
        json.open('{')?;
        json.key("base")?.text(&format_args!("{:#x}", window.base))?;
        json.key("size")?.number(window.size)?;
        json.close('}')?;
    }
    json.close(']')?;
    json.key("interrupts")?.open('[')?;
    device.interrupts.iter().try_for_each(|interrupt| json.text(&format_args!("{:#}", interrupt.unchecked())))?;
    json.close(']')?;
    json.key("clocks_hz")?.open('[')?;
    device.clocks.iter().try_for_each(|clock| json.number(clock.unchecked().0))?;
    json.close(']')?;
    json.close('}')?;
    out.write_char('\n')
}

/// A row for each driver, command and feature, a column for each preset; this board's is marked.
fn presets<'c>(call: &mut Call<'c>) -> Result<(), Failure<'c>> {
    let preset = &call.system.board().ok_or(Failure::NoBoard)?.preset;
    let Presets { drivers, commands, features, .. } = preset.all;
    let kinds = [("drivers", drivers), ("commands", commands), ("features", features)];
    Ok(table(call.out, &[Align::Left], &mut |row| {
        row(&[&"preset", &Across { preset, of: None }])?;
        for (kind, (title, names)) in kinds.iter().enumerate() {
            row(&[title])?;
            for (nth, name) in names.iter().enumerate() {
                row(&[&format_args!("  {name}"), &Across { preset, of: Some((kind, nth)) }])?;
            }
        }
        Ok(())
    })?)
}

/// The presets' names, or which of them choose the nth of a kind.
struct Across {
    preset: &'static Preset,
    of: Option<(usize, usize)>,
}

impl Display for Across {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.preset.all.presets.iter().try_for_each(|&(name, Chosen { drivers, commands, features })| {
            let chosen = self.of.map(|(kind, nth)| Presets::bit([drivers, commands, features][kind], nth));
            let mark = if name == self.preset.name { '>' } else { ' ' };
            let text = match chosen {
                None => name,
                Some(true) => "yes",
                Some(false) => "-",
            };
            write!(f, "{mark}{text:<width$} ", width = name.len())
        })
    }
}

const fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Interrupts => "interrupts",
        Stage::Time => "time",
        Stage::Console => "console",
        Stage::System => "system",
        Stage::Device => "device",
    }
}

/// Strings with a comma between two.
struct Joined(&'static [&'static str]);

impl Display for Joined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        self.0.iter().try_for_each(|string| {
            write!(f, "{separator}{string}")?;
            separator = ", ";
            Ok(())
        })
    }
}

/// A value, or nothing.
struct Optional<T>(Option<T>);

impl<T: Display> Display for Optional<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |value| value.fmt(f))
    }
}
