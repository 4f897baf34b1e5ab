//! A binding's file as it is written: `schemas/devices/pl011.toml`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{Error, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};

use super::toml::{self, Spanned};
use crate::findings::{Findings, Source};

/// Reads one binding.
pub fn read(source: &Arc<Source>, findings: &mut Findings) -> Option<File> {
    toml::read(source, findings)
}

/// The whole file.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct File {
    /// `[device]`
    pub device: Device,
    /// `[[window]]`
    #[serde(default)]
    pub window: Vec<Window>,
    /// `[[probe]]`
    #[serde(default)]
    pub probe: Vec<Probe>,
    /// `[[register]]`
    #[serde(default)]
    pub register: Vec<Register>,
}

/// `[device]`.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// The file's name without `.toml`.
    pub name: Spanned<String>,
    /// One line for people.
    pub summary: String,
    /// The strings by which a tree's node is this device, the most specific first.
    pub compatible: Spanned<Vec<Spanned<String>>>,
    /// What it is for.
    pub class: Class,
    /// When it starts.
    pub stage: Stage,
    /// Who drives it, if anybody does.
    pub driver: Option<Spanned<Driver>>,
    /// The manual that section numbers are of.
    pub manual: String,
    /// What a node must bring.
    pub needs: Needs,
}

/// `needs = { window = 0x1000, interrupts = 1, clock = "optional" }`.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Needs {
    /// Least bytes of the only window; bindings of more windows have `[[window]]` tables instead.
    pub window: Option<Spanned<u64>>,
    /// Least number of interrupts.
    pub interrupts: Spanned<u8>,
    /// Whether a clock is needed.
    pub clock: Clock,
}

/// A binding's need of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// It has none.
    None,
    /// The driver can do without knowing the rate.
    Optional,
    /// The driver can't start without the rate.
    Required,
}

/// `[[window]]`: one `reg` entry of the node, in order.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// As registers refer to it, and the generated module's name.
    pub name: Spanned<String>,
    /// One line for people.
    pub summary: String,
    /// Least bytes.
    pub size: Spanned<u64>,
    /// Section of the manual.
    pub manual: Option<String>,
}

/// `[[probe]]`: a read that tells whether the device is really there.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// The register's window where there is more than one.
    pub window: Option<Spanned<String>>,
    /// The register to read.
    pub register: Spanned<String>,
    /// Which bits count.
    pub mask: Spanned<u64>,
    /// What they have to be.
    pub value: Spanned<u64>,
}

/// `[[register]]`.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// As the manual spells it, without the device's prefix.
    pub name: Spanned<String>,
    /// The register's window where there is more than one.
    pub window: Option<Spanned<String>>,
    /// One line for people.
    pub summary: Option<String>,
    /// Bytes from the window's start.
    pub offset: Spanned<u64>,
    /// Bits; 32 unless told.
    pub width: Option<Spanned<u64>>,
    /// Access kinds, comma-separated.
    pub access: Spanned<String>,
    /// How many there are, and how far apart.
    pub array: Option<Array>,
    /// Value after reset.
    pub reset: Option<Spanned<u64>>,
    /// The window may end before it: some trees give the device fewer bytes than the manual does.
    #[serde(default)]
    pub optional: bool,
    /// Section of the manual.
    pub manual: String,
    /// Named bits.
    #[serde(default)]
    pub fields: BTreeMap<Spanned<String>, Field>,
}

/// `array = { count = 32, stride = 4 }`.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Array {
    /// Elements.
    pub count: Spanned<u64>,
    /// Bytes from one to the next.
    pub stride: Spanned<u64>,
}

/// A field: `7`, `"6..5"`, or a table with named values.
#[derive(Debug)]
pub struct Field {
    /// Which bits.
    pub bits: Spanned<Bits>,
    /// One line for people.
    pub summary: Option<String>,
    /// Named values.
    pub values: BTreeMap<Spanned<String>, Spanned<u64>>,
}

/// Which bits, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bits {
    /// `7`
    One(u64),
    /// `"6..5"`, not yet read
    Range(String),
}

/// A field's table form.
#[derive(Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct FieldTable {
    bits: Spanned<Bits>,
    summary: Option<String>,
    #[serde(default)]
    values: BTreeMap<Spanned<String>, Spanned<u64>>,
}

/// What stands at a field's name.
enum FieldForm {
    Bits(Bits),
    Table(FieldTable),
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = Spanned::<FieldForm>::deserialize(deserializer)?;
        let span = form.span();
        Ok(match form.into_inner() {
            FieldForm::Bits(bits) => Self { bits: Spanned::new(span, bits), summary: None, values: BTreeMap::new() },
            FieldForm::Table(table) => Self { bits: table.bits, summary: table.summary, values: table.values },
        })
    }
}

impl<'de> Deserialize<'de> for FieldForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

impl<'de> Deserialize<'de> for Bits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BitsVisitor)
    }
}

struct FieldVisitor;
struct BitsVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = FieldForm;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bit, a range of bits as \"7..0\", or a table with `bits`")
    }

    fn visit_u64<E: Error>(self, bit: u64) -> Result<FieldForm, E> {
        Ok(FieldForm::Bits(Bits::One(bit)))
    }

    fn visit_str<E: Error>(self, range: &str) -> Result<FieldForm, E> {
        Ok(FieldForm::Bits(Bits::Range(range.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldForm, A::Error> {
        FieldTable::deserialize(MapAccessDeserializer::new(map)).map(FieldForm::Table)
    }
}

impl Visitor<'_> for BitsVisitor {
    type Value = Bits;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bit, or a range of bits as \"7..0\"")
    }

    fn visit_u64<E: Error>(self, bit: u64) -> Result<Bits, E> {
        Ok(Bits::One(bit))
    }

    fn visit_str<E: Error>(self, range: &str) -> Result<Bits, E> {
        Ok(Bits::Range(range.to_owned()))
    }
}

/// Declares a kebab-case word list that stands for an enum of `hardware::board`.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($word:literal = $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
        #[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
        #[expect(missing_docs, reason = "the word beside it says what each is")]
        pub enum $name { $(#[serde(rename = $word)] $variant,)* }

        impl From<$name> for hardware::board::$name {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => Self::$variant,)* }
            }
        }
    };
}

words! {
    /// `class`
    Class {
        "console" = Console,
        "interrupt-controller" = InterruptController,
        "timer" = Timer,
        "power" = Power,
        "rtc" = Rtc,
        "pcie" = Pcie,
        "virtio" = Virtio,
        "gpio" = Gpio,
        "flash" = Flash,
        "firmware" = Firmware,
        "clock" = Clock,
        "pmu" = Pmu,
        "storage" = Storage,
        "watchdog" = Watchdog,
        "mailbox" = Mailbox,
        "rng" = Rng,
        "display" = Display,
        "iommu" = Iommu,
        "cache" = Cache,
        "other" = Other,
    }
}

words! {
    /// `stage`
    Stage {
        "interrupts" = Interrupts,
        "time" = Time,
        "console" = Console,
        "system" = System,
        "device" = Device,
    }
}

words! {
    /// `driver`
    Driver {
        "pl011" = Pl011,
        "gicv2" = GicV2,
        "gicv3" = GicV3,
        "arm-timer" = ArmTimer,
        "psci" = Psci,
        "pl031" = Pl031,
        "virtio-mmio" = VirtioMmio,
    }
}
