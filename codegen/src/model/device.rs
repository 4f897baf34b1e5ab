//! Bindings with their meaning: windows, registers, fields, what a node must bring.
//!
//! [`bindings`] reads `schemas/devices/`; [`Binding::lower`] gives one file its meaning. Everything that a later stage may
//! have to point at keeps its [`Place`].

mod lower;
mod words;

use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

use hardware::board::{Class, Driver, Stage};

use crate::findings::{Finding, Findings, Place, Source, code};
pub use crate::parse::device::Clock;
use crate::parse::{device as written, file};

/// Where bindings lie, relative to the project's root; as findings name them.
pub const FOLDER: &str = "schemas/devices";

/// A value that knows where it stands.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// The project's bindings, by name.
#[derive(Debug, Clone)]
pub struct Bindings(Vec<Binding>);

/// One binding.
#[derive(Debug, Clone)]
pub struct Binding {
    /// The file.
    pub source: Arc<Source>,
    /// `pl011`
    pub name: Placed<String>,
    /// One line for people.
    pub summary: String,
    /// Strings by which a node is this device, the most specific first.
    pub compatible: Vec<Placed<String>>,
    /// What it is for.
    pub class: Class,
    /// When it starts.
    pub stage: Stage,
    /// Who drives it.
    pub driver: Option<Placed<Driver>>,
    /// The manual that section numbers are of.
    pub manual: String,
    /// `reg` entries that a node must have, in order.
    pub windows: Vec<Window>,
    /// Least number of interrupts.
    pub interrupts: Placed<u8>,
    /// Whether a clock is needed.
    pub clock: Clock,
    /// Reads that tell whether the device is there.
    pub probes: Vec<Probe>,
}

/// A register window.
#[derive(Debug, Clone)]
pub struct Window {
    /// Its name; `None` for the only window of a binding.
    pub name: Option<Placed<String>>,
    /// One line for people.
    pub summary: String,
    /// Section of the manual.
    pub manual: Option<String>,
    /// Least bytes.
    pub size: Placed<u64>,
    /// Registers by offset.
    pub registers: Vec<Register>,
}

/// A register, or an array of them.
#[derive(Debug, Clone)]
pub struct Register {
    /// As the manual spells it.
    pub name: Placed<String>,
    /// One line for people.
    pub summary: Option<String>,
    /// Section of the manual.
    pub manual: String,
    /// Bytes from the window's start.
    pub offset: Placed<u64>,
    /// Access width.
    pub width: Width,
    /// What may be done with it.
    pub access: Access,
    /// How many, how far apart.
    pub array: Option<Array>,
    /// Value after reset.
    pub reset: Option<Placed<u64>>,
    /// The window may end before it.
    pub optional: bool,
    /// Named bits, from bit 0 up.
    pub fields: Vec<Field>,
}

/// An array of registers.
#[derive(Debug, Clone)]
pub struct Array {
    /// Elements.
    pub count: Placed<u64>,
    /// Bytes from one to the next.
    pub stride: Placed<u64>,
}

/// Access widths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// `width = 8`
    U8,
    /// `width = 16`
    U16,
    /// `width = 32`, the default.
    U32,
    /// `width = 64`
    U64,
}

/// What a register may be asked; see `drivers::mmio::Register`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// `read`
    Read,
    /// `write`
    Write,
    /// `read-write`
    ReadWrite,
    /// `read-effect`
    Take,
    /// `read-effect, write`
    TakeWrite,
    /// `read-effect, write-one-to-clear`
    TakeClear,
    /// `read-effect, write-one-to-set`
    TakeSet,
    /// `write-one-to-clear`
    Clear,
    /// `read, write-one-to-clear`
    ReadClear,
    /// `write-one-to-set`
    Set,
    /// `read, write-one-to-set`
    ReadSet,
}

/// Named bits of a register.
#[derive(Debug, Clone)]
pub struct Field {
    /// As the manual spells it.
    pub name: Placed<String>,
    /// One line for people.
    pub summary: Option<String>,
    /// Which bits.
    pub bits: Placed<RangeInclusive<u8>>,
    /// Named values, from the least up.
    pub values: Vec<(Placed<String>, Placed<u64>)>,
}

/// A read that tells whether the device is there.
#[derive(Debug, Clone)]
pub struct Probe {
    /// The register's window: an index into [`Binding::windows`].
    pub window: usize,
    /// The register.
    pub register: Placed<String>,
    /// Which bits count.
    pub mask: Placed<u64>,
    /// What they have to be.
    pub value: Placed<u64>,
}

/// All bindings of the project at `root`, by file name; what has no meaning is left out.
pub fn bindings(root: &Path, findings: &mut Findings) -> Bindings {
    let names = file::toml_names(&root.join(FOLDER)).unwrap_or_else(|error| {
        let message = "can't list the bindings";
        findings.push(Finding::error(code::UNREADABLE_FILE, message, Place::file(FOLDER), error.to_string()));
        Vec::new()
    });
    Bindings(names.iter().filter_map(|name| load(root, name, findings)).collect())
}

/// One binding by its name.
fn load(root: &Path, name: &str, findings: &mut Findings) -> Option<Binding> {
    let source = file::text(root, &format!("{FOLDER}/{name}.toml"), &Place::Nowhere, findings)?;
    Binding::lower(written::read(&source, findings)?, source, findings)
}

/// Whether a device or a register can be called `name`.
#[cfg(feature = "cli")]
pub(crate) fn is_function_name(name: &str) -> bool {
    words::is_function_name(name)
}

/// Whether a field or a value can be called `name`.
#[cfg(feature = "cli")]
pub(crate) fn is_constant_name(name: &str) -> bool {
    words::is_name(name)
}

impl Bindings {
    /// All of them, by name: boards know bindings by their index here.
    pub fn as_slice(&self) -> &[Binding] {
        &self.0
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Binding> {
        self.0.iter()
    }
}

impl Register {
    /// Bytes from the first register's start to the last one's end.
    pub fn span(&self) -> u64 {
        let steps = self.array.as_ref().map_or(0, |array| (array.count.value - 1).saturating_mul(array.stride.value));
        steps.saturating_add(self.width.bytes())
    }

    /// The first byte after it.
    pub fn end(&self) -> u64 {
        self.offset.value.saturating_add(self.span())
    }
}

impl Field {
    /// The bits' mask at bit 0.
    pub fn mask(&self) -> u64 {
        let bits = self.bits.value.end() - self.bits.value.start() + 1;
        u64::MAX >> (64 - u32::from(bits))
    }
}

impl Width {
    /// Bits.
    pub const fn bits(self) -> u64 {
        self.bytes() * 8
    }

    /// Bytes.
    pub const fn bytes(self) -> u64 {
        match self {
            Self::U8 => 1,
            Self::U16 => 2,
            Self::U32 => 4,
            Self::U64 => 8,
        }
    }
}

impl Access {
    /// A read has no effect.
    pub const fn reads(self) -> bool {
        matches!(self, Self::Read | Self::ReadWrite | Self::ReadClear | Self::ReadSet)
    }

    /// A read changes the device.
    pub const fn takes(self) -> bool {
        matches!(self, Self::Take | Self::TakeWrite | Self::TakeClear | Self::TakeSet)
    }

    /// Any write.
    pub const fn writes(self) -> bool {
        !matches!(self, Self::Read | Self::Take)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_projects_own_bindings_hold() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let mut findings = Findings::default();
        let bindings = bindings(root, &mut findings);
        crate::check::bindings::check(bindings.as_slice(), &mut findings);
        assert!(findings.is_empty(), "{findings}");
        let find = |string| bindings.iter().find(|binding| binding.compatible.iter().any(|have| have.value == string));
        let pl011 = find("arm,pl011").expect("the console's binding");
        assert_eq!((pl011.name.value.as_str(), pl011.windows[0].size.value), ("pl011", 0x200));
        assert!(find("arm,primecell").is_none(), "a family isn't a device");
    }
}
