//! A draft of a binding from a CMSIS-SVD file, the XML in which vendors describe registers.
//!
//! [`import`] reads one peripheral: [`element`] knows the XML with its places and `derivedFrom`, [`registers`] flattens
//! clusters and arrays, [`access`] puts access kinds into our words, [`toml`] writes the file. What an SVD file can't say is
//! left to a person and marked: `compatible`, class, stage. What a binding can't say is left out, with the reason.

mod access;
mod element;
mod registers;
mod toml;

use std::sync::Arc;

use roxmltree::{Document, ParsingOptions};

use crate::check;
use crate::findings::{Finding, Findings, Place, Source, code};
use crate::model::device::Binding;
use crate::parse::{device, suggest};
use element::Element;

/// The largest SVD files have some 300,000 elements.
const MOST_NODES: u32 = 4_000_000;

/// A peripheral as a binding has it.
struct Peripheral {
    /// `TIMER0`
    name: String,
    /// What the binding is called: as the file that it is going to be in, where that is known.
    binding: String,
    summary: String,
    /// Who made it, where the file says so, and its name for the chip.
    vendor: Option<String>,
    chip: String,
    window: u64,
    interrupts: usize,
    registers: Vec<registers::Register>,
    /// What is left out of the binding, and why.
    left_out: Vec<String>,
}

/// The text of a binding for `peripheral`, which holds to all rules of bindings. It is called `binding` where that is told
/// and can be a name, else as the peripheral.
pub fn import(source: &Arc<Source>, peripheral: &str, binding: Option<&str>) -> Result<String, Findings> {
    let text = source.text.trim_start_matches('\u{feff}');
    let skipped = source.text.len() - text.len();
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| {
        let at = skipped + offset(text, error.pos());
        let place = Place::text(source, at..at + 1);
        Finding::error(code::MALFORMED_SVD, "not well-formed XML", place, error.to_string())
    })?;
    let file = element::File { source: source.clone(), skipped };
    let root = Element::new(&file, document.root_element());
    let found = find(&root, peripheral)?;
    let peripheral = read(&root, &found, binding)?;
    let text = toml::write(&peripheral);
    held(&format!("{}/{}.toml", crate::model::device::FOLDER, peripheral.binding), &text)?;
    Ok(text)
}

/// The byte at a row and column, which count letters from 1.
fn offset(text: &str, at: roxmltree::TextPos) -> usize {
    let row = text.split_inclusive('\n').nth(at.row.saturating_sub(1) as usize).unwrap_or_default();
    let before = text.split_inclusive('\n').take(at.row.saturating_sub(1) as usize).map(str::len).sum::<usize>();
    before + row.chars().take(at.col.saturating_sub(1) as usize).map(char::len_utf8).sum::<usize>()
}

/// The peripheral called `name`, with what it derives from.
fn find<'x, 'f>(root: &Element<'x, 'f>, name: &str) -> Result<Element<'x, 'f>, Findings> {
    if !root.is("device") {
        return Err(root.malformed("the outermost element isn't `<device>`", "an SVD file has one"));
    }
    let peripherals = root.require("peripherals")?.children("peripheral");
    let named = |it: &&Element<'x, 'f>| it.text("name").is_some_and(|have| have.eq_ignore_ascii_case(name));
    if let Some(found) = peripherals.iter().find(named) {
        return found.derived(&peripherals);
    }
    let names: Vec<&str> = peripherals.iter().filter_map(|it| it.text("name")).collect();
    let place = root.require("peripherals")?.place();
    let message = format!("there is no peripheral `{name}`");
    let finding = Finding::error(code::UNKNOWN_PERIPHERAL, message, place, format!("has {}", names.len()));
    Err(suggest(finding, name, names.iter().copied(), || format!("one of {}", names.join(", "))).into())
}

fn read(root: &Element<'_, '_>, found: &Element<'_, '_>, binding: Option<&str>) -> Result<Peripheral, Findings> {
    let mut left_out = Vec::new();
    let registers = registers::read(root, found, &mut left_out)?;
    let mut window = registers.iter().map(registers::Register::end).max().unwrap_or(0);
    for block in found.children("addressBlock") {
        let end = block.require_number("offset")?.checked_add(block.require_number("size")?);
        window = window.max(end.ok_or_else(|| block.malformed("an address block past the end of memory", ""))?);
    }
    let line = |name: &str| found.text(name).map(element::one_line);
    let name = found.require("name")?.content().to_owned();
    Ok(Peripheral {
        summary: line("description").filter(|text| !text.is_empty()).unwrap_or_else(|| name.clone()),
        binding: toml::binding(binding, &name),
        name,
        vendor: root.text("vendor").or_else(|| root.text("vendorID")).map(str::to_owned),
        chip: root.text("name").unwrap_or("chip").to_owned(),
        // A device's registers take whole words.
        window: window.max(4),
        interrupts: found.children("interrupt").len(),
        registers,
        left_out,
    })
}

/// Nothing that our own reader refuses is handed out.
fn held(path: &str, text: &str) -> Result<(), Findings> {
    let source = Source::new(path, text);
    let mut findings = Findings::default();
    if let Some(file) = device::read(&source, &mut findings)
        && let Some(binding) = Binding::lower(file, source, &mut findings)
    {
        check::bindings::check(std::slice::from_ref(&binding), &mut findings);
    }
    if findings.has_errors() { Err(findings) } else { Ok(()) }
}
