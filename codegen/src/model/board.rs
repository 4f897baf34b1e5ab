//! A board with its meaning: the board file, the reference tree and the bindings put together.
//!
//! [`resolve`] makes a [`Board`] of them. Devices are the enabled nodes that a binding knows, in blob order; every value
//! they bring becomes a [`Fact`] with a policy. Each value remembers where it came from.

mod console;
mod devices;
mod edit;
mod evidence;
mod facts;
mod fitness;
mod kind;
mod names;
mod order;
mod origin;
mod policy;
pub mod preset;
mod values;

pub use edit::By;
pub use evidence::Evidence;
pub use kind::{Kind, Step};
pub use preset::Preset;

use std::sync::Arc;

use hardware::board::{Class, Conduit, Driver, Hertz, Interrupt, Item, Mpidr, Policy, Stage, Value, Window};
use hardware::tree::Tree;

use super::device::Binding;
use crate::findings::{Findings, Line, Place, Source};
use crate::parse::board::{self as written, Baud, Confidence, Lab, Qemu};
use crate::parse::preset::Presets;
use crate::parse::toml::Spanned;
use crate::parse::tree::Blob;

pub use self::fitness::{Overlap, alignment, overlaps};

/// What follows from a tree that is wrong about a device.
pub const NOT_DRIVEN: &str = "the device is named and checked, but not driven";

/// What [`resolve`] puts together.
#[derive(Clone, Copy)]
pub struct Inputs<'i> {
    /// The board file's text.
    pub source: &'i Arc<Source>,
    /// What it says.
    pub file: &'i written::File,
    /// The reference tree's blob.
    pub blob: &'i Blob,
    /// The reference tree, after all edits of the board file.
    pub tree: &'i Tree<'i>,
    /// How the tree came to be what it is.
    pub steps: &'i [Step<'i>],
    /// Every binding there is.
    pub bindings: &'i [Binding],
    /// What `schemas/presets.toml` says.
    pub presets: &'i Presets,
}

/// A board.
#[derive(Debug)]
pub struct Board {
    /// `qemu-virt`
    pub name: String,
    /// One line for people.
    pub summary: String,
    /// The board file.
    pub source: Arc<Source>,
    /// The reference tree's path.
    pub tree: Arc<str>,
    /// Root `compatible` strings by which a live tree is this board.
    pub compatible: Vec<String>,
    /// Devices in blob order.
    pub devices: Vec<Device>,
    /// CPUs in blob order.
    pub cpus: Vec<Cpu>,
    /// The ledger's rows: by device, CPUs last.
    pub facts: Vec<Fact>,
    /// Indices into `devices`, dependencies first.
    pub order: Vec<usize>,
    /// Devices that may be the console, best first.
    pub console: Vec<usize>,
    /// The line rate.
    pub baud: Baud,
    /// Least bytes of RAM.
    pub least_memory: u64,
    /// RAM to use without a tree; `None` to refuse.
    pub without_tree: Option<Window>,
    /// What builds for it have.
    pub preset: Preset,
    /// How QEMU shows it.
    pub qemu: Option<Qemu>,
    /// Where the board file says what isn't in the tree.
    pub lines: Lines,
    /// What the board file puts right.
    pub fixes: Vec<Fix>,
    /// The reference tree as firmware is expected to hand it over: with the variant's edits, without the fixes.
    pub recorded: Vec<u8>,
    /// What `config.txt` says, a line each.
    pub firmware: Vec<String>,
    /// How to reach such a board.
    pub lab: Option<Lab>,
    /// The board's variants; a variant has none.
    pub variants: Vec<Variant>,
}

/// A kind in which the board comes, with all that is claimed of it.
#[derive(Debug)]
pub struct Variant {
    /// `d0`
    pub name: String,
    /// One line for people.
    pub summary: Option<String>,
    /// What tells it in a live tree.
    pub evidence: Vec<Evidence>,
    /// Where the evidence stands.
    pub line: Line,
    /// The board of this kind.
    pub board: Board,
}

/// A `[[fix]]`.
#[derive(Debug, Clone)]
pub struct Fix {
    /// The node, as written.
    pub node: String,
    /// The property.
    pub property: String,
    /// Who says so.
    pub source: String,
    /// How sure that is.
    pub confidence: Confidence,
    /// Where it stands.
    pub line: Line,
}

/// Lines of the board file; `None` where it leaves the value to the default.
#[derive(Debug)]
pub struct Lines {
    /// `compatible`
    pub compatible: Line,
    /// `tree`
    pub tree: Line,
    /// `preset`
    pub preset: Line,
    /// `[console] prefer`
    pub prefer: Option<Line>,
    /// `[console] baud`
    pub baud: Option<Line>,
    /// `[memory] least`
    pub least: Option<Line>,
    /// `[without-tree] memory`
    pub without_tree: Option<Line>,
}

/// One device.
#[derive(Debug)]
pub struct Device {
    /// Short and unique.
    pub name: String,
    /// Its node.
    pub path: String,
    /// The node's number in the tree.
    pub node: usize,
    /// Index into the bindings.
    pub binding: usize,
    /// The binding's name.
    pub binding_name: String,
    /// The `compatible` string by which the binding was found.
    pub compatible: String,
    /// What it is for.
    pub class: Class,
    /// When it starts.
    pub stage: Stage,
    /// Who drives it.
    pub driver: Option<Driver>,
    /// Who would drive it, had the preset not left that driver out.
    pub by_preset: Option<Driver>,
    /// Why it has no driver although its binding names one.
    pub undriven: Option<String>,
    /// The fact that it is there.
    pub present: usize,
    /// Register windows.
    pub windows: Vec<Located<Window>>,
    /// Lines of the GIC.
    pub interrupts: Vec<Located<Interrupt>>,
    /// Clock rates.
    pub clocks: Vec<Located<Hertz>>,
    /// PSCI's conduit.
    pub conduit: Option<Located<Conduit>>,
    /// What it brings that isn't in the tables, and why: one line each.
    pub left_out: Vec<String>,
    /// Devices that have to start before it: indices into the devices, in order.
    pub needs: Vec<usize>,
}

/// A CPU.
#[derive(Debug)]
pub struct Cpu {
    /// Its node.
    pub path: String,
    /// Its affinity.
    pub mpidr: Located<Mpidr>,
}

/// A value with its place in the tree.
#[derive(Debug, Clone)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its number in the property.
    pub index: u8,
    /// The property.
    pub property: &'static str,
    /// How the value came out of the property, for people.
    pub how: String,
    /// Where it stands.
    pub place: Place,
    /// Its fact: an index into [`Board::facts`].
    pub fact: usize,
}

/// A row of the ledger.
#[derive(Debug)]
pub struct Fact {
    /// `serial0.window[0]`
    pub name: String,
    /// The device; `None` for CPUs.
    pub device: Option<usize>,
    /// What of it.
    pub item: Item,
    /// The value, where it isn't the device's `compatible`.
    pub value: FactValue,
    /// What a difference means.
    pub policy: Policy,
    /// The board file's reason and its line.
    pub why: Option<(String, Line)>,
    /// The property that it came from.
    pub property: &'static str,
    /// Who says so, if the reference tree doesn't.
    pub origin: Origin,
}

/// Who says a fact's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The reference tree.
    Tree,
    /// The variant.
    Variant(Line),
    /// A fix.
    Fix {
        /// Index into [`Board::fixes`].
        fix: usize,
        /// What the reference tree says.
        recorded: Recorded,
    },
}

/// What a tree has where a fact looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// This value.
    Value(Value<'static>),
    /// This `compatible`.
    Compatible(String),
    /// Nothing.
    Missing,
    /// A node that is switched off.
    Disabled,
    /// Nothing that has a value.
    Unresolvable,
}

/// A fact's value; a `compatible` is the device's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactValue {
    /// The device's `compatible`.
    Compatible,
    /// Anything else.
    Plain(Value<'static>),
}

impl Device {
    /// Without `driver`, which it had, and why.
    fn take_driver(&mut self, driver: Driver, why: &str) {
        let why = format!("its driver {}: {why}", driver.name());
        self.driver = None;
        self.left_out.push(why.clone());
        self.undriven = Some(why);
    }
}

impl Board {
    /// Names of the facts that may be used before a tree is read, and marked UNCHECKED: the consoles' windows, so that
    /// the kernel can say why it stops. Everything else waits for the check.
    pub fn early_facts(&self) -> Vec<&str> {
        let windows = self.console.iter().filter_map(|&index| self.devices[index].windows.first());
        windows.map(|window| self.facts[window.fact].name.as_str()).collect()
    }

    /// The files that it was made from, relative to the project's root.
    pub fn files(&self) -> Vec<String> {
        let trees = self.variants.iter().map(|variant| &variant.board.tree).filter(|tree| **tree != self.tree);
        let trees = std::iter::once(&self.tree).chain(trees).map(|tree| tree.to_string());
        self.source.files().map(|file| file.path.clone()).chain(trees).collect()
    }

    /// Indices of the devices that a driver starts, dependencies first.
    pub fn started(&self) -> Vec<usize> {
        self.order.iter().copied().filter(|&index| self.devices[index].driver.is_some()).collect()
    }
}

/// Puts a board together as far as it goes. Says of each of the inputs' steps whether it has changed anything.
pub fn resolve(inputs: Inputs<'_>, findings: &mut Findings) -> (Board, Vec<bool>) {
    let file = inputs.file;
    let preset = preset::named(inputs, findings);
    let mut devices = devices::resolve(inputs, findings);
    let mut cpus = values::cpus(inputs, findings);
    let (order, stuck) = order::order(&devices, inputs, findings);
    fitness::judge(inputs, &mut devices, &stuck);
    preset::apply(&preset, &mut devices);
    let console = console::order(inputs, &devices, &preset, findings);
    let mut facts = facts::number(&mut devices, &mut cpus, &console, &preset);
    let effective = origin::attribute(inputs, &devices, &cpus, &mut facts);
    let mut board = Board {
        name: file.board.name.get_ref().clone(),
        summary: file.board.summary.clone(),
        source: inputs.source.clone(),
        tree: inputs.blob.path.clone(),
        compatible: file.board.compatible.get_ref().iter().map(|string| string.get_ref().clone()).collect(),
        devices,
        cpus,
        facts,
        order,
        console,
        baud: file.console.baud.as_ref().map_or(Baud::default(), |baud| *baud.get_ref()),
        least_memory: file.memory.least.as_ref().map_or(0, |least| least.get_ref().0),
        without_tree: file.without_tree.as_ref().map(|without| {
            let region = without.memory.get_ref();
            Window { base: region.base, size: region.size.0 }
        }),
        preset,
        qemu: file.qemu.clone(),
        lines: lines(inputs.source, file),
        fixes: file.fix.iter().map(|fix| of_fix(inputs.source, fix)).collect(),
        recorded: Vec::new(),
        firmware: file.config_lines(),
        lab: file.lab.clone(),
        variants: Vec::new(),
    };
    policy::overrule(inputs, &mut board, findings);
    (board, effective)
}

fn of_fix(source: &Source, fix: &written::Fix) -> Fix {
    Fix {
        node: fix.node.get_ref().clone(),
        property: fix.property.get_ref().clone(),
        source: fix.source.get_ref().clone(),
        confidence: *fix.confidence.get_ref(),
        line: source.at(fix.property.span().start),
    }
}

fn lines(source: &Source, file: &written::File) -> Lines {
    fn of<T>(source: &Source, spanned: Option<&Spanned<T>>) -> Option<Line> {
        spanned.map(|spanned| source.at(spanned.span().start))
    }
    let board = &file.board;
    Lines {
        compatible: source.at(board.compatible.span().start),
        tree: source.at(board.tree.span().start),
        preset: source.at(board.preset.span().start),
        prefer: of(source, file.console.prefer.as_ref()),
        baud: of(source, file.console.baud.as_ref()),
        least: of(source, file.memory.least.as_ref()),
        without_tree: of(source, file.without_tree.as_ref().map(|without| &without.memory)),
    }
}
