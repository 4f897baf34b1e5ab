//! The board's tables in this process: the data that the kernel has once rustc has compiled [`super::tables`].
//!
//! `hardware::check` wants tables that live as long as the program, as the kernel's do. Here they are made when a command
//! asks for them and stay until it ends: some 50 KB a board.

use hardware::board::{self as table, Claim, FactId, Fixed, Line, Origin, Recorded, Why};

use crate::model::board::{self as written, Board, Device, Fact, FactValue, Located, Preset};
use crate::model::device::Binding;
use crate::parse::board::Baud;
use crate::parse::preset::Kind;

/// The table of `board`.
pub fn board(board: &Board, bindings: &[Binding]) -> &'static table::Board {
    kind(board, None, bindings)
}

/// The table of a board, or of its variant called so.
fn kind(board: &Board, variant: Option<&str>, bindings: &[Binding]) -> &'static table::Board {
    let fixes: &'static [table::Fix] = list(board.fixes.iter().map(fix));
    let facts = board.facts.iter().map(|row| fact(board, fixes, row));
    let variants = board.variants.iter().map(|of| table::Variant {
        name: text(&of.name),
        evidence: list(of.evidence.iter().map(evidence)),
        board: kind(&of.board, Some(&of.name), bindings),
    });
    Box::leak(Box::new(table::Board {
        name: text(&board.name),
        variant: variant.map(text),
        variants: list(variants),
        summary: text(&board.summary),
        compatible: texts(&board.compatible),
        file: text(&board.source.path),
        tree: text(&board.tree),
        devices: list(board.devices.iter().map(device)),
        bindings: list(bindings.iter().map(binding)),
        facts: list(facts),
        init: list(board.started().into_iter().map(number)),
        cpus: list(board.cpus.iter().map(|cpu| table::Cpu { path: text(&cpu.path), mpidr: claim(&cpu.mpidr) })),
        console: list(board.console.iter().map(|&index| number(index))),
        baud: match board.baud {
            Baud::Keep => table::Baud::Keep,
            Baud::Set(rate) => table::Baud::Set(rate),
        },
        memory: table::MemoryPolicy { least: board.least_memory },
        without_tree: match board.without_tree {
            None => table::WithoutTree::Refuse,
            Some(memory) => table::WithoutTree::Continue { memory },
        },
        preset: preset(&board.preset),
    }))
}

fn device(device: &Device) -> table::Device {
    table::Device {
        name: text(&device.name),
        path: text(&device.path),
        binding: text(&device.binding_name),
        compatible: text(&device.compatible),
        class: device.class,
        driver: device.driver,
        left_out: device.by_preset,
        stage: device.stage,
        present: Claim::new(FactId::new(number(device.present)), text(&device.compatible)),
        windows: list(device.windows.iter().map(claim)),
        interrupts: list(device.interrupts.iter().map(claim)),
        clocks: list(device.clocks.iter().map(claim)),
        conduit: device.conduit.as_ref().map(claim),
    }
}

fn fact(board: &Board, fixes: &'static [table::Fix], fact: &Fact) -> table::Fact {
    let compatible = || fact.device.and_then(|index| board.devices.get(index)).map_or("", |of| of.compatible.as_str());
    table::Fact {
        name: text(&fact.name),
        device: fact.device.map(number),
        item: fact.item,
        claimed: match fact.value {
            FactValue::Compatible => table::Value::Compatible(text(compatible())),
            FactValue::Plain(value) => value,
        },
        policy: fact.policy,
        why: fact.why.as_ref().map(|(why, of)| leak(Why { text: text(why), line: line(of) })),
        origin: origin(fact, fixes),
    }
}

fn origin(fact: &Fact, fixes: &'static [table::Fix]) -> Origin {
    match &fact.origin {
        written::Origin::Variant(of) => Origin::Variant(leak(line(of))),
        written::Origin::Fix { fix, recorded: there } => {
            Origin::Fix(leak(Fixed { fix: &fixes[*fix], recorded: recorded(there) }))
        }
        written::Origin::Tree => Origin::Tree { property: fact.property },
    }
}

fn recorded(recorded: &written::Recorded) -> Recorded {
    match recorded {
        written::Recorded::Value(value) => Recorded::Value(*value),
        written::Recorded::Compatible(string) => Recorded::Value(table::Value::Compatible(text(string))),
        written::Recorded::Missing => Recorded::Missing,
        written::Recorded::Disabled => Recorded::Disabled,
        written::Recorded::Unresolvable => Recorded::Unresolvable,
    }
}

fn fix(fix: &written::Fix) -> table::Fix {
    table::Fix { source: text(&fix.source), confidence: fix.confidence.into(), line: line(&fix.line) }
}

fn evidence(evidence: &written::Evidence) -> table::Evidence<'static> {
    match evidence {
        written::Evidence::Compatible(string) => table::Evidence::Compatible(text(string)),
        written::Evidence::Interrupt { node, nth, kind, number } => {
            table::Evidence::Interrupt { node: text(node), nth: *nth, kind: *kind, number: *number }
        }
        written::Evidence::Property { node, property, value } => {
            let value = value.clone().leak();
            table::Evidence::Property { node: text(node), property: text(property), value }
        }
    }
}

fn line(line: &crate::findings::Line) -> Line {
    Line { file: text(&line.file), number: line.number }
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn preset(preset: &Preset) -> table::Preset {
    let names = |kind| list(preset.of(kind).names().map(text));
    let all = Box::leak(Box::new(table::Presets {
        drivers: names(Kind::Driver),
        commands: names(Kind::Command),
        features: names(Kind::Feature),
        presets: list(preset.all.iter().map(|(name, chosen)| (text(name), *chosen))),
    }));
    table::Preset { name: text(&preset.name), chosen: preset.bits(), all }
}

fn binding(binding: &Binding) -> table::Binding {
    let compatible = binding.compatible.iter().map(|string| text(&string.value));
    table::Binding { name: text(&binding.name.value), compatible: list(compatible) }
}

fn claim<T: Copy>(located: &Located<T>) -> Claim<T> {
    Claim::new(FactId::new(number(located.fact)), located.value)
}

/// Indices into lists that come of one tree, whose nodes are counted in 16 bits.
fn number(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

fn text(text: &str) -> &'static str {
    text.to_owned().leak()
}

fn texts(texts: &[String]) -> &'static [&'static str] {
    list(texts.iter().map(|string| text(string)))
}

fn list<T>(items: impl Iterator<Item = T>) -> &'static [T] {
    items.collect::<Vec<T>>().leak()
}
