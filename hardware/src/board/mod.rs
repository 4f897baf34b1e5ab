//! The board tables: what codegen emits and the kernel runs on.
//!
//! A [`Board`] is one row per device ([`Device`]), one row per checkable statement ([`Fact`]) and the order in
//! which drivers start. A device's windows, interrupts and clocks are [`Claim`]s: each names the fact that
//! the check must have accepted before the value may be used as hardware. A board that comes in several kinds has a whole
//! table for each: its [`Variant`]s.

mod device;
mod fact;
mod preset;
mod show;
mod value;
mod variant;

use core::fmt;

pub use device::{Class, Device, Driver, Stage};
pub use fact::{Claim, Confidence, Fact, FactId, Fix, Fixed, Item, Line, Origin, Policy, Recorded, Why};
pub use preset::{Chosen, Preset, Presets};
pub use value::{Conduit, Hertz, Interrupt, InterruptType, Mpidr, Trigger, Value, Window};
pub use variant::{Evidence, Variant};

/// Everything the kernel knows about a board before it has read the live tree.
#[derive(Debug)]
pub struct Board {
    /// The board file's name, `qemu-virt`.
    pub name: &'static str,
    /// Which of the board's variants this table is of; `None` for the board as its reference tree has it.
    pub variant: Option<&'static str>,
    /// The board's variants; a variant's own table has none.
    pub variants: &'static [Variant],
    /// One line for people.
    pub summary: &'static str,
    /// Root `compatible` strings; a live tree that has any of them is this board.
    pub compatible: &'static [&'static str],
    /// The board file, `boards/qemu-virt.toml`.
    pub file: &'static str,
    /// The reference tree, `boards/qemu-virt.dtb`.
    pub tree: &'static str,
    /// Devices in the reference tree's blob order.
    pub devices: &'static [Device],
    /// Every binding there is, also those that no device of this board uses.
    pub bindings: &'static [Binding],
    /// Facts in ledger order, grouped by device in the order of `devices`, CPUs last; [`FactId`] is an index into this.
    pub facts: &'static [Fact],
    /// Indices into `devices`, dependencies first.
    pub init: &'static [u16],
    /// The CPUs that the reference tree lists.
    pub cpus: &'static [Cpu],
    /// Which devices may be the console, best first: indices into `devices`.
    pub console: &'static [u16],
    /// The line rate of the console.
    pub baud: Baud,
    /// What has to be true of RAM.
    pub memory: MemoryPolicy,
    /// What to do when firmware hands over no tree or a malformed one.
    pub without_tree: WithoutTree,
    /// The preset's settings.
    pub preset: Preset,
}

/// A binding and the `compatible` strings by which it knows its devices.
#[derive(Debug)]
pub struct Binding {
    /// `pl011`: `schemas/devices/pl011.toml`.
    pub name: &'static str,
    /// The strings, as the binding lists them.
    pub compatible: &'static [&'static str],
}

/// A CPU that the reference tree lists.
#[derive(Debug)]
pub struct Cpu {
    /// Node path.
    pub path: &'static str,
    /// The affinity fields, as `reg` has them.
    pub mpidr: Claim<Mpidr>,
}

/// The console's line rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baud {
    /// The divisors that firmware left.
    Keep,
    /// Bits per second, set from the device's clock.
    Set(u32),
}

/// How much RAM there is and where is always the live tree's word; this is what the board asks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryPolicy {
    /// With fewer bytes than this the boot stops.
    pub least: u64,
}

/// What the kernel does when there is no usable live tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithoutTree {
    /// Tell the story on the static console, marked UNCHECKED, and stop.
    Refuse,
    /// Go on with the static claims, marked UNCHECKED.
    Continue {
        /// The RAM to use, as no tree says where it is.
        memory: Window,
    },
}

impl Board {
    /// The fact that `id` names; `None` where the id belongs to another board.
    pub fn fact(&self, id: FactId) -> Option<&'static Fact> {
        self.facts.get(id.index())
    }

    /// The device called `name`.
    pub fn device(&self, name: &str) -> Option<&'static Device> {
        self.devices.iter().find(|device| device.name == name)
    }

    /// The binding that knows `compatible`, with the table's copy of the string.
    pub fn binding(&self, compatible: &str) -> Option<(&'static Binding, &'static str)> {
        self.bindings.iter().find_map(|binding| binding.knows(compatible).map(|known| (binding, known)))
    }

    /// The path of the reference tree's node that `fact` is about.
    pub fn place(&self, fact: &Fact) -> Option<&'static str> {
        match (fact.device, fact.item) {
            (Some(device), _) => self.devices.get(usize::from(device)).map(|device| device.path),
            (None, Item::Mpidr(cpu)) => self.cpus.get(usize::from(cpu)).map(|cpu| cpu.path),
            (None, _) => None,
        }
    }

    /// Where the claimed value of `fact` came from: `boards/rpi5.toml:17`, or the tree, the node's path and the
    /// property.
    pub fn origin(&'static self, fact: &'static Fact) -> impl fmt::Display {
        show::OriginOf { board: self, fact }
    }

    /// The one device of a class, or the first in blob order.
    pub fn first(&self, class: Class) -> Option<&'static Device> {
        self.devices.iter().find(|device| device.class == class)
    }
}

impl Binding {
    /// This binding's copy of `compatible`, if it is one of its strings.
    pub fn knows(&self, compatible: &str) -> Option<&'static str> {
        self.compatible.iter().copied().find(|known| *known == compatible)
    }
}
