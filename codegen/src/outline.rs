//! A device tree as Keel reads it, node by node in blob order: `cargo board tree`.
//!
//! [`text`] is for people, [`json`] for programs: one object a line.

use std::fmt::Write as _;

use hardware::board::InterruptType;
use hardware::tree::{InterruptSpec, Node, Status, Tree, TreeError};
use serde::Serialize;

use crate::visible::visible;

/// A node for programs.
#[derive(Serialize)]
struct Row<'t> {
    path: String,
    compatible: Vec<&'t str>,
    /// CPU address and size; `None` where no chain of ranges reaches the CPU.
    regs: Vec<Option<(u64, u64)>>,
    irqs: Vec<Irq>,
}

/// An interrupt at the controller that takes it; nothing but nulls where none does.
#[derive(Serialize, Default)]
struct Irq {
    parent: Option<String>,
    #[serde(rename = "type")]
    kind: Option<&'static str>,
    number: Option<u32>,
    flags: Option<u32>,
    cells: Vec<u32>,
}

/// One JSON object per node.
pub fn json(tree: &Tree<'_>) -> String {
    let rows = tree.nodes().map(|node| {
        let row = Row {
            path: node.path().to_string(),
            compatible: node.compatible().collect(),
            regs: node.regs().map(|reg| reg.ok().and_then(|reg| Some((reg.cpu?, reg.size)))).collect(),
            irqs: node.interrupts().map(|spec| spec.as_ref().map_or_else(|_| Irq::default(), irq)).collect(),
        };
        // Texts and numbers always have a JSON form.
        serde_json::to_string(&row).unwrap_or_default() + "\n"
    });
    rows.collect()
}

fn irq(spec: &InterruptSpec<'_>) -> Irq {
    let cells: Vec<u32> = spec.specifier.cells().collect();
    // A GIC's specifier starts with the type, any other with the line (v0.4, 2.4.1.1).
    let number = if spec.controller.is_gic() { cells.get(1) } else { cells.first() };
    Irq {
        parent: Some(spec.controller.path().to_string()),
        kind: spec.gic.map(|line| match line.kind {
            InterruptType::Spi => "SPI",
            InterruptType::Ppi => "PPI",
            InterruptType::Espi => "ESPI",
            InterruptType::Eppi => "EPPI",
        }),
        number: number.copied(),
        flags: Some(spec.flags),
        cells,
    }
}

/// An indented line per node: name, status, compatible, windows and interrupts.
pub fn text(tree: &Tree<'_>) -> String {
    tree.nodes().map(|node| visible(&line(node)) + "\n").collect()
}

fn line(node: Node<'_>) -> String {
    let name = if node.depth() == 0 { "/" } else { node.name() };
    let mut line = format!("{:1$}{name}", "", 2 * node.depth());
    let mut add = |part: String| {
        line += "  ";
        line += &part;
    };
    match node.status() {
        Status::Okay => {}
        Status::Disabled => add("disabled".to_owned()),
        Status::Other(status) => add(format!("status {status:?}")),
    }
    let compatible: Vec<&str> = node.compatible().collect();
    if !compatible.is_empty() {
        add(compatible.join(", "));
    }
    for (index, reg) in node.regs().enumerate() {
        add(match (reg, node.cpu_window(index)) {
            (Ok(_), Ok(window)) => window.to_string(),
            (Ok(reg), Err(TreeError::BusLocal { .. })) => format!("{:#x} on its bus", reg.bus),
            (Ok(reg), Err(error)) => format!("{:#x}: {error}", reg.bus),
            (Err(error), _) => error.to_string(),
        });
    }
    for spec in node.interrupts() {
        add(match spec {
            Ok(spec) => interrupt(&spec),
            Err(error) => error.to_string(),
        });
    }
    line
}

fn interrupt(spec: &InterruptSpec<'_>) -> String {
    match spec.gic {
        Some(line) => line.to_string(),
        None => {
            let mut text = "<".to_owned();
            for (index, cell) in spec.specifier.cells().enumerate() {
                let _ = write!(text, "{}{cell}", if index > 0 { " " } else { "" });
            }
            format!("{text}> at {}", spec.controller.path())
        }
    }
}
