//! The board's tables in this process: the data that the kernel has once rustc has compiled [`super::tables`].
//!
//! `hardware::check` wants tables that live as long as the program, as the kernel's do. Here they are made when a command
//! asks for them and stay until it ends: some 50 KB a board.

use hardware::board::{self as table, Claim, FactId, Line, Origin, Why};

use crate::model::board::{Board, Device, Fact, FactValue, Located, Preset};
use crate::model::device::Binding;
use crate::parse::board::Baud;

/// The table of `board`.
pub fn board(board: &Board, bindings: &[Binding]) -> &'static table::Board {
    let facts = board.facts.iter().map(|row| fact(board, row));
    Box::leak(Box::new(table::Board {
        name: text(&board.name),
        variant: None,
        variants: &[],
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
        stage: device.stage,
        present: Claim::new(FactId::new(number(device.present)), text(&device.compatible)),
        windows: list(device.windows.iter().map(claim)),
        interrupts: list(device.interrupts.iter().map(claim)),
        clocks: list(device.clocks.iter().map(claim)),
        conduit: device.conduit.as_ref().map(claim),
    }
}

fn fact(board: &Board, fact: &Fact) -> table::Fact {
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
        why: fact.why.as_ref().map(|(why, line)| why_of(board, why, *line)),
        origin: Origin::Tree { property: fact.property },
    }
}

fn why_of(board: &Board, why: &str, number: u32) -> &'static Why {
    Box::leak(Box::new(Why { text: text(why), line: Line { file: text(&board.source.path), number } }))
}

/// The board's own preset; the check asks for no other.
fn preset(preset: &Preset) -> table::Preset {
    let (name, on) = (text(&preset.name), preset.bits());
    let switches = list(preset.switches.iter().map(|(name, _)| text(name)));
    let all = Box::leak(Box::new(table::Presets { switches, presets: list(std::iter::once((name, on))) }));
    table::Preset { name, on, all }
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
