//! What a reviewer of a board wants to see, out of the same model as the tables.
//!
//! [`Report::of`] collects it once: devices with every value and its origin, memory, interrupts, start order, what nobody
//! drives, findings, fingerprint. [`markdown`](Report::markdown) is made to be committed and read as a diff,
//! [`html`](Report::html) to be looked at, [`json`](Report::json) to be read by other tools.

mod changes;
mod collect;
mod fingerprint;
mod html;
mod json;
mod lab;
mod map;
mod markdown;
mod start;
mod text;
mod undriven;

use serde::Serialize;

pub use changes::{Fix, Variant};
pub use lab::Hint;
pub use start::Step;
pub use undriven::{Unbound, UnboundNode};

/// The number of the JSON's shape; it grows when a key changes its meaning or goes away.
pub const FORMAT: u32 = 2;

/// Everything that a report shows.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// [`FORMAT`].
    pub format: u32,
    /// What board it is.
    pub board: Summary,
    /// 32 hexadecimal digits that change when, and only when, the board's meaning does.
    pub fingerprint: String,
    /// CPUs in blob order.
    pub cpus: Vec<Cpu>,
    /// RAM and reservations of the reference tree, by address.
    pub memory: Vec<Region>,
    /// The classes of the devices, the most telling first.
    pub classes: Vec<String>,
    /// Devices in blob order.
    pub devices: Vec<Device>,
    /// What the board file puts right in its reference tree.
    pub fixes: Vec<Fix>,
    /// The kinds in which the board comes besides the reference tree's.
    pub variants: Vec<Variant>,
    /// What `config.txt` says, a line each.
    pub firmware: Vec<String>,
    /// How people reach such a board.
    pub lab: Vec<Hint>,
    /// What starts, dependencies first.
    pub start: Vec<Step>,
    /// Enabled nodes that no binding knows, by `compatible`.
    pub unbound: Vec<Unbound>,
    /// How many nodes with a `compatible` are switched off.
    pub disabled: usize,
    /// What is wrong with it, or looks so.
    pub findings: Vec<Finding>,
}

/// What board it is.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// `qemu-virt`
    pub name: String,
    /// One line for people.
    pub summary: String,
    /// The reference tree's `model`; empty where it has none.
    pub model: String,
    /// Root `compatible` strings by which a live tree is this board.
    pub compatible: Vec<String>,
    /// The board file.
    pub file: String,
    /// The reference tree.
    pub tree: String,
    /// The preset.
    pub preset: String,
    /// The drivers that the preset chooses, whether or not the board has a device for them.
    pub drivers: Vec<String>,
    /// The shell's commands that the preset chooses.
    pub commands: Vec<String>,
    /// The preset's features that are on.
    pub features: Vec<String>,
    /// Devices that may be the console, best first.
    pub console: Vec<String>,
    /// Least bytes of RAM.
    pub least_memory: u64,
}

/// A value of the board with what the check does about it.
#[derive(Debug, Clone, Serialize)]
pub struct Claim<T> {
    /// The value.
    #[serde(flatten)]
    pub value: T,
    /// The ledger's row, `serial0.window[0]`.
    pub fact: String,
    /// What a difference to the live tree means.
    pub policy: &'static str,
    /// The board file's reason for the policy.
    pub why: Option<String>,
    /// Where the value came from, for people.
    pub origin: String,
}

/// A device.
#[derive(Debug, Clone, Serialize)]
pub struct Device {
    /// Short and unique.
    pub name: String,
    /// Its node.
    pub path: String,
    /// The `compatible` string by which its binding was found.
    pub compatible: String,
    /// The binding.
    pub binding: String,
    /// The binding's line for people.
    pub summary: String,
    /// What it is for, in words.
    pub class: String,
    /// When it starts.
    pub stage: String,
    /// Who drives it.
    pub driver: Option<String>,
    /// Why nobody does although its binding names a driver.
    pub undriven: Option<String>,
    /// The check of its presence.
    pub present: Claim<Present>,
    /// Register windows.
    pub windows: Vec<Claim<Window>>,
    /// Lines of the GIC.
    pub interrupts: Vec<Claim<Interrupt>>,
    /// Clock rates.
    pub clocks: Vec<Claim<Clock>>,
    /// How PSCI is called.
    pub conduit: Option<Claim<Conduit>>,
    /// What it brings that isn't in the tables, and why.
    pub left_out: Vec<String>,
    /// Names of the devices that start before it.
    pub needs: Vec<String>,
}

/// That a device is there.
#[derive(Debug, Clone, Serialize)]
pub struct Present {}

/// A register window.
#[derive(Debug, Clone, Serialize)]
pub struct Window {
    /// CPU-physical address of the first byte.
    pub base: u64,
    /// Bytes.
    pub size: u64,
    /// What the binding calls it; `None` for an only window.
    pub name: Option<String>,
}

/// A line of the GIC.
#[derive(Debug, Clone, Serialize)]
pub struct Interrupt {
    /// `SPI 1`
    pub line: String,
    /// The number that the GIC's registers know it by.
    pub intid: u32,
    /// `level-high`
    pub trigger: String,
}

/// A clock's rate.
#[derive(Debug, Clone, Serialize)]
pub struct Clock {
    /// Cycles per second.
    pub hertz: u64,
}

/// PSCI's conduit.
#[derive(Debug, Clone, Serialize)]
pub struct Conduit {
    /// `hvc` or `smc`
    pub conduit: String,
}

/// A CPU.
#[derive(Debug, Clone, Serialize)]
pub struct Cpu {
    /// Its node.
    pub path: String,
    /// Its affinity.
    pub mpidr: Claim<Mpidr>,
}

/// A CPU's affinity.
#[derive(Debug, Clone, Serialize)]
pub struct Mpidr {
    /// Aff3..Aff0.
    pub mpidr: u64,
}

/// A run of memory of the reference tree.
#[derive(Debug, Clone, Serialize)]
pub struct Region {
    /// First byte.
    pub base: u64,
    /// Bytes.
    pub size: u64,
    /// RAM or reserved.
    pub kind: RegionKind,
    /// The node, or what else says it.
    pub origin: String,
}

/// What a region is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegionKind {
    /// The live tree says how much there is; this is the reference's.
    Ram,
    /// Spoken for by firmware or a device.
    Reserved,
}

/// A finding, for reports.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// `K0112`
    pub code: String,
    /// `error` or `warning`
    pub severity: &'static str,
    /// One sentence.
    pub message: String,
    /// As a terminal shows it, places and way out included.
    pub rendered: String,
}

impl Report {
    /// Bytes of RAM in the reference tree; as many as a number holds where a tree claims more.
    fn ram(&self) -> u64 {
        let ram = self.memory.iter().filter(|region| region.kind == RegionKind::Ram);
        ram.fold(0, |total, region| total.saturating_add(region.size))
    }
}
