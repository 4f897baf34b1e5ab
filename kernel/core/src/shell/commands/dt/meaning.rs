//! What a property means: `reg` as CPU addresses, interrupts as lines, phandles as nodes, rates as hertz.

use core::fmt::{self, Display};

use hardware::board::{Hertz, Window};
use hardware::tree::{Clock, Clocks, InterruptSpec, Interrupts, Node, Property, Reg, Regs, TreeError};

/// The meanings of one property, one for each of its entries.
pub(super) enum Meanings<'t> {
    Reg { regs: Regs<'t>, bus: Option<Node<'t>> },
    Interrupts(Interrupts<'t>),
    Clocks(Clocks<'t>),
    One(Option<Meaning<'t>>),
}

/// What one entry means; displays as `→ …`.
pub(super) enum Meaning<'t> {
    Reg { reg: Reg, sizeless: bool },
    Interrupt(InterruptSpec<'t>),
    Clock(Clock<'t>),
    Node(Node<'t>),
    Rate(Hertz),
    Wrong(TreeError),
}

impl<'t> Meanings<'t> {
    pub(super) fn new(node: Node<'t>, property: Property<'t>) -> Self {
        match property.name() {
            "reg" => Self::Reg { regs: node.regs(), bus: node.parent() },
            "interrupts" | "interrupts-extended" => Self::Interrupts(node.interrupts()),
            "clocks" => Self::Clocks(node.clocks()),
            "interrupt-parent" => Self::One(Some(node.interrupt_parent().map_or_else(Meaning::Wrong, Meaning::Node))),
            name if name.ends_with("clock-frequency") => Self::One(Some(rate(property))),
            _ => Self::One(None),
        }
    }
}

fn rate(property: Property<'_>) -> Meaning<'_> {
    property.as_u64().map_or_else(Meaning::Wrong, |rate| Meaning::Rate(Hertz(rate)))
}

impl<'t> Iterator for Meanings<'t> {
    type Item = Meaning<'t>;

    fn next(&mut self) -> Option<Meaning<'t>> {
        match self {
            Self::Reg { regs, bus } => {
                let sizeless = bus.is_some_and(|bus| bus.size_cells() == Ok(0));
                Some(regs.next()?.map_or_else(Meaning::Wrong, |reg| Meaning::Reg { reg, sizeless }))
            }
            Self::Interrupts(interrupts) => Some(interrupts.next()?.map_or_else(Meaning::Wrong, Meaning::Interrupt)),
            Self::Clocks(clocks) => Some(clocks.next()?.map_or_else(Meaning::Wrong, Meaning::Clock)),
            Self::One(meaning) => meaning.take(),
        }
    }
}

impl Display for Meaning<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("→ ")?;
        match self {
            Self::Reg { reg, sizeless: true } => write!(f, "{:#x} on its bus", reg.bus),
            Self::Reg { reg: Reg { bus, size, cpu: None }, .. } => {
                write!(f, "{bus:#x}+{size:#x} on its bus, no CPU address")
            }
            Self::Reg { reg: Reg { size, cpu: Some(base), .. }, .. } => {
                write!(f, "{}", Window { base: *base, size: *size })
            }
            Self::Interrupt(interrupt) => interrupt_line(interrupt, f),
            Self::Clock(Clock { provider, output, rate }) => {
                write!(f, "{}", provider.path())?;
                output.map_or(Ok(()), |output| write!(f, " output {output}"))?;
                rate.map_or(Ok(()), |rate| write!(f, ", {rate}"))
            }
            Self::Node(node) => write!(f, "{}", node.path()),
            Self::Rate(rate) => rate.fmt(f),
            Self::Wrong(error) => write!(f, "{error}"),
        }
    }
}

fn interrupt_line(interrupt: &InterruptSpec<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(line) = interrupt.gic {
        return write!(f, "{line:#} (INTID {})", line.intid());
    }
    f.write_str("<")?;
    let mut separator = "";
    for cell in interrupt.specifier.cells() {
        write!(f, "{separator}{cell:#x}")?;
        separator = " ";
    }
    write!(f, "> at {}", interrupt.controller.path())
}
