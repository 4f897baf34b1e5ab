//! A report as Markdown, for `docs/boards/`: one statement a line and in a fixed order, so that a change of the board is
//! a diff of its meaning.

mod map;
mod start;

use std::collections::BTreeMap;

use hardware::board::Hertz;

use super::{Claim, Device, Report, text};

impl Report {
    /// The page.
    pub fn markdown(&self) -> String {
        let mut page = String::new();
        for part in [head, changes, beside, devices, memory, interrupts, start, undriven, facts, findings] {
            let part = part(self);
            if !part.is_empty() {
                page += part.trim_end();
                page += "\n\n";
            }
        }
        page.truncate(page.trim_end().len());
        page + "\n"
    }
}

/// A row of a table.
fn row<S: AsRef<str>>(cells: &[S]) -> String {
    let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// A table's first lines.
fn header(columns: &[&str]) -> String {
    row(columns) + &row(&vec!["---"; columns.len()])
}

/// Text that may stand anywhere, also in a table.
pub(super) fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text::visible(text).chars() {
        if matches!(c, '\\' | '|' | '<' | '>' | '&' | '`' | '*' | '_' | '[' | ']' | '#' | '~') {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

/// Text as code. A backtick can't be escaped there, so that one becomes a prime.
pub(super) fn code(text: &str) -> String {
    format!("`{}`", text::visible(text).replace('`', "′").replace('|', "\\|"))
}

fn codes<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> String {
    let codes: Vec<String> = texts.into_iter().map(|text| code(text.as_ref())).collect();
    if codes.is_empty() { "–".to_owned() } else { codes.join(", ") }
}

fn head(report: &Report) -> String {
    let board = &report.board;
    let driven = report.devices.iter().filter(|device| device.driver.is_some()).count();
    let ram = report.ram();
    let mut head = format!("# {}\n\n{}\n\n", plain(&board.name), plain(&board.summary));
    head += &header(&["board", ""]);
    head += &row(&["fingerprint", &code(&report.fingerprint)]);
    head += &row(&["known by", &codes(&board.compatible)]);
    head += &row(&["model", &plain(&board.model)]);
    head += &row(&["made from", &codes([&board.file, &board.tree])]);
    head += &row(&["preset", &code(&board.preset)]);
    head += &row(&["its drivers", &codes(&board.drivers)]);
    head += &row(&["its commands", &codes(&board.commands)]);
    head += &row(&["its features", &codes(&board.features)]);
    head += &row(&["console", &codes(&board.console)]);
    head += &row(&["CPUs", &report.cpus.len().to_string()]);
    let ram = if ram == 0 { "not said by".to_owned() } else { format!("{} in", text::size(ram)) };
    let least = match board.least_memory {
        0 => String::new(),
        least => format!(", at least {}", text::size(least)),
    };
    head += &row(&["RAM", &format!("{ram} the reference tree{least}")]);
    head += &row(&["devices", &format!("{} known, {driven} driven", report.devices.len())]);
    let again = code(&format!("cargo board report {} --write", board.name));
    head + &format!("\nGenerated: {again} writes it anew.\n")
}

/// Nothing where the board file changes nothing.
fn changes(report: &Report) -> String {
    let mut section = String::new();
    if !report.fixes.is_empty() {
        section += "## Fixes\n\nWhat the tree has wrong, and what is used instead.\n\n";
        section += &header(&["node", "property", "value", "confidence", "source", "origin"]);
        section.extend(report.fixes.iter().map(|it| {
            row(&[
                code(&it.node),
                code(&it.property),
                code(&it.value),
                plain(&it.confidence),
                plain(&it.source),
                code(&it.origin),
            ])
        }));
        section += "\n";
    }
    if !report.variants.is_empty() {
        section += "## Variants\n\nKinds in which the board comes; all of the evidence has to be in the live tree.\n\n";
        section += &header(&["variant", "", "evidence", "differs in"]);
        section.extend(report.variants.iter().map(|it| {
            let tree = it.tree.iter().map(|tree| format!("tree {tree}"));
            let differs: Vec<String> =
                tree.chain(it.overrides.iter().cloned()).chain(it.differs.iter().cloned()).collect();
            row(&[code(&it.name), plain(&it.summary), codes(&it.evidence), codes(differs)])
        }));
        section += "\n";
    }
    section
}

/// What stands beside the kernel: nothing where the board file says nothing about it.
fn beside(report: &Report) -> String {
    let mut section = String::new();
    if !report.firmware.is_empty() {
        let lines: Vec<String> = report.firmware.iter().map(|line| text::visible(line).replace("```", "′′′")).collect();
        let command = code(&format!("cargo board firmware {}", report.board.name));
        section += &format!("## Firmware\n\n`config.txt`, as {command} writes it:\n\n");
        section += &format!("```text\n{}\n```\n\n", lines.join("\n"));
    }
    if !report.lab.is_empty() {
        section += "## Lab\n\nHow people reach such a board.\n\n";
        section += &header(&["what", "how"]);
        section.extend(report.lab.iter().map(|hint| row(&[hint.what.to_owned(), code(&hint.how)])));
    }
    section
}

fn devices(report: &Report) -> String {
    let mut section = "## Devices\n\n".to_owned();
    for class in &report.classes {
        let devices = report.devices.iter().filter(|device| device.class == *class);
        section += &format!("### {}\n\n", plain(class));
        section += &header(&["device", "binding", "base", "size", "interrupt", "clock", "driver", "stage"]);
        section.extend(devices.map(device));
        section += "\n";
    }
    section
}

fn device(device: &Device) -> String {
    let all = |texts: Vec<String>| if texts.is_empty() { "–".to_owned() } else { texts.join("<br>") };
    let windows = |show: fn(&super::Window) -> String| all(device.windows.iter().map(|it| show(&it.value)).collect());
    let conduit = device.conduit.iter().map(|it| format!("by {}", it.value.conduit));
    let clocks = device.clocks.iter().map(|it| text::rate(it.value.hertz));
    let lines = device.interrupts.iter().map(|it| format!("{} {}", it.value.line, it.value.trigger));
    row(&[
        code(&device.name),
        code(&device.binding),
        windows(|window| text::hex(window.base)),
        windows(|window| text::size(window.size)),
        all(lines.collect()),
        all(clocks.collect()),
        all(device.driver.iter().map(|driver| code(driver)).chain(conduit).collect()),
        device.stage.clone(),
    ])
}

fn memory(report: &Report) -> String {
    let map = map::draw(report);
    format!(
        "## Memory map\n\nA block is a factor of four. `·` is a gap; what is indented lies in what is above it; \
         what is in brackets has no binding.\n\n```text\n{map}```\n"
    )
}

fn interrupts(report: &Report) -> String {
    let mut lines: BTreeMap<u32, Vec<(&Device, &super::Interrupt)>> = BTreeMap::new();
    for device in &report.devices {
        for line in &device.interrupts {
            lines.entry(line.value.intid).or_default().push((device, &line.value));
        }
    }
    let mut section = "## Interrupt map\n\n".to_owned() + &header(&["INTID", "line", "trigger", "device"]);
    for (intid, users) in lines {
        let names = codes(users.iter().map(|(device, _)| &device.name));
        let shared = if users.len() > 1 { format!("shared: {names}") } else { names };
        let line = users[0].1;
        section += &row(&[intid.to_string(), line.line.clone(), line.trigger.clone(), shared]);
    }
    section
}

fn start(report: &Report) -> String {
    format!(
        "## Start\n\nWhat starts, in this order, each below what it waits for.\n\n```text\n{}```\n",
        start::draw(&report.start)
    )
}

fn undriven(report: &Report) -> String {
    let mut section = "## Not driven\n\nKnown and checked, but without a driver:\n\n".to_owned()
        + &header(&["binding", "devices", "why"]);
    let mut bindings: BTreeMap<(&str, Option<&str>), Vec<&str>> = BTreeMap::new();
    for device in report.devices.iter().filter(|device| device.driver.is_none()) {
        bindings.entry((&device.binding, device.undriven.as_deref())).or_default().push(&device.name);
    }
    section.extend(bindings.into_iter().map(|((binding, why), names)| {
        row(&[code(binding), several(&names), why.map_or_else(|| "–".to_owned(), plain)])
    }));
    section += "\nWithout a binding:\n\n";
    section += &if report.unbound.is_empty() { "None.\n".to_owned() } else { header(&["compatible", "nodes"]) };
    for unbound in &report.unbound {
        let nodes: Vec<&str> = unbound.nodes.iter().map(|node| node.path.as_str()).collect();
        section += &row(&[codes(&unbound.compatible), several(&nodes)]);
    }
    section + &format!("\n{} switched off in the reference tree.\n", text::count(report.disabled, "device"))
}

/// All of a few, the ends of many.
fn several(names: &[&str]) -> String {
    match names {
        [first, _, _, .., last] => format!("{}: {} … {}", names.len(), code(first), code(last)),
        names => codes(names),
    }
}

fn facts(report: &Report) -> String {
    let mut section =
        "## Facts\n\nWhat the check holds against the live tree, and where each value comes from.\n\n".to_owned();
    section += &header(&["fact", "claimed", "on a difference", "origin"]);
    for device in &report.devices {
        section += &fact(&device.present, &device.path, code(&device.compatible));
        section.extend(device.windows.iter().map(|it| {
            let value = format!("{}+{}", text::hex(it.value.base), text::hex(it.value.size));
            fact(it, &device.path, value)
        }));
        section.extend(
            device
                .interrupts
                .iter()
                .map(|it| fact(it, &device.path, format!("{} {}", it.value.line, it.value.trigger))),
        );
        section.extend(device.clocks.iter().map(|it| fact(it, &device.path, Hertz(it.value.hertz).to_string())));
        section.extend(device.conduit.iter().map(|it| fact(it, &device.path, it.value.conduit.clone())));
    }
    section.extend(report.cpus.iter().map(|cpu| fact(&cpu.mpidr, &cpu.path, text::hex(cpu.mpidr.value.mpidr))));
    section + &left_out(report)
}

/// What devices bring that isn't a fact; nothing where all is.
fn left_out(report: &Report) -> String {
    let lines = report.devices.iter().flat_map(|device| device.left_out.iter().map(move |line| (device, line)));
    let rows: String = lines.map(|(device, line)| row(&[code(&device.name), plain(line)])).collect();
    if rows.is_empty() {
        return rows;
    }
    format!("\nNot claimed, because the tree doesn't say what it means:\n\n{}{rows}", header(&["device", "what"]))
}

fn fact<T>(claim: &Claim<T>, path: &str, value: String) -> String {
    let why = claim.why.as_ref().map(|why| format!(": {}", plain(why))).unwrap_or_default();
    row(&[code(&claim.fact), value, format!("{}{why}", claim.policy), code(&format!("{path} {}", claim.origin))])
}

fn findings(report: &Report) -> String {
    let mut section = "## Findings\n\n".to_owned();
    if report.findings.is_empty() {
        section += "None.\n";
    }
    for finding in &report.findings {
        // A longer fence than any that a message could have.
        section += &format!("~~~~~~text\n{}\n~~~~~~\n\n", finding.rendered.replace("~~~", "∼∼∼"));
    }
    section
}
