//! A board file as it is written: `boards/qemu-virt.toml`.

mod change;
mod firmware;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

pub use self::change::{Confidence, Evidence, EvidenceList, Fix, Line, Override, PropertyValue, Variant};
pub use self::firmware::{Lab, Setting};

use super::toml::{self, Spanned};
use crate::findings::{Findings, Source};

/// Reads one board file.
pub fn read(source: &Arc<Source>, findings: &mut Findings) -> Option<File> {
    toml::read(source, findings)
}

/// The whole file.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct File {
    /// `[board]`
    pub board: Board,
    /// `[console]`
    #[serde(default)]
    pub console: Console,
    /// `[verify]`: policies by fact name.
    #[serde(default)]
    pub verify: BTreeMap<Spanned<String>, Verify>,
    /// `[memory]`
    #[serde(default)]
    pub memory: Memory,
    /// `[without-tree]`
    pub without_tree: Option<WithoutTree>,
    /// `[qemu]`
    pub qemu: Option<Qemu>,
    /// `[[fix]]`
    #[serde(default)]
    pub fix: Vec<Fix>,
    /// `[[variant]]`
    #[serde(default)]
    pub variant: Vec<Variant>,
    /// `[firmware]`: what `config.txt` says, by key.
    #[serde(default)]
    pub firmware: BTreeMap<Spanned<String>, Spanned<Setting>>,
    /// `[lab]`
    pub lab: Option<Lab>,
}

/// `[board]`: what it is.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// The file's name without `.toml`.
    pub name: Spanned<String>,
    /// The board whose file says what this one doesn't.
    pub inherit: Option<Spanned<String>>,
    /// One line for people.
    pub summary: String,
    /// The instruction set, `aarch64`.
    pub arch: Spanned<String>,
    /// Root `compatible` strings, any of which makes a live tree this board's.
    pub compatible: Spanned<Vec<Spanned<String>>>,
    /// The reference tree, beside this file.
    pub tree: Spanned<String>,
    /// One of `schemas/presets.toml`.
    pub preset: Spanned<String>,
}

/// `[console]`: where the prompt appears.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Console {
    /// `stdout` (the tree's choice), `console` (any), names of devices or bindings; the first that the check accepts.
    pub prefer: Option<Spanned<Vec<Spanned<String>>>>,
    /// The line rate; firmware's unless told.
    pub baud: Option<Spanned<Baud>>,
}

/// `baud = "keep"` or `baud = 115200`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Baud {
    /// The divisors that firmware left.
    #[default]
    Keep,
    /// Bits per second.
    Set(u32),
}

/// A `[verify]` entry: what a difference in one fact means.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Verify {
    /// The policy.
    pub on_drift: OnDrift,
    /// Why this policy and not the default one.
    pub why: Spanned<String>,
}

/// `on-drift = "live-wins"`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OnDrift {
    /// The boot stops.
    Fatal,
    /// Said aloud; the device isn't started.
    Warn,
    /// The live value is used.
    LiveWins,
    /// The table's value is used.
    StaticWins,
}

/// `[memory]`: what has to be true of RAM; how much there is is always the live tree's word.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// The boot stops with less.
    pub least: Option<Spanned<Bytes>>,
}

/// `[without-tree]`: go on with unchecked claims where firmware hands over no usable tree.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WithoutTree {
    /// The RAM to use.
    pub memory: Spanned<Region>,
}

/// `{ base = 0x4000_0000, size = "128M" }`
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// CPU-physical.
    pub base: u64,
    /// Bytes.
    pub size: Bytes,
}

/// `[qemu]`: how QEMU shows this board.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Qemu {
    /// `-machine`
    pub machine: String,
    /// `-cpu`
    pub cpu: String,
    /// `-smp`
    pub smp: Spanned<u32>,
    /// `-m`
    pub memory: Spanned<Bytes>,
    /// The tree that it hands over.
    #[serde(default)]
    pub tree: HandedOver,
}

/// `tree = "reference"`: which tree QEMU hands over.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum HandedOver {
    /// One that QEMU makes of the machine that it shows.
    #[default]
    Own,
    /// The board's reference tree, for machines that QEMU makes none for; it fills in RAM and the like.
    Reference,
}

/// A size: a number of bytes, or a string such as `"1G"`, `"64M"`, `"16K"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bytes(pub u64);

impl<'de> Deserialize<'de> for Baud {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BaudVisitor)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BytesVisitor)
    }
}

struct BaudVisitor;
struct BytesVisitor;

impl Visitor<'_> for BaudVisitor {
    type Value = Baud;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"keep\" or bits per second, such as 115200")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Baud, E> {
        match word {
            "keep" => Ok(Baud::Keep),
            _ => Err(E::invalid_value(serde::de::Unexpected::Str(word), &self)),
        }
    }

    fn visit_u64<E: Error>(self, rate: u64) -> Result<Baud, E> {
        // 300 to 4,000,000: what a UART on a board does.
        match u32::try_from(rate) {
            Ok(rate @ 300..=4_000_000) => Ok(Baud::Set(rate)),
            _ => Err(E::custom(format_args!("no UART runs at {rate} bits per second"))),
        }
    }
}

impl Visitor<'_> for BytesVisitor {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of bytes or a size such as \"1G\", \"64M\", \"16K\"")
    }

    fn visit_u64<E: Error>(self, bytes: u64) -> Result<Bytes, E> {
        Ok(Bytes(bytes))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Bytes, E> {
        let (digits, shift) = match text.as_bytes().last() {
            Some(b'K') => (&text[..text.len() - 1], 10),
            Some(b'M') => (&text[..text.len() - 1], 20),
            Some(b'G') => (&text[..text.len() - 1], 30),
            _ => (text, 0),
        };
        let number = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
        number.map(Bytes).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}

impl From<OnDrift> for hardware::board::Policy {
    fn from(policy: OnDrift) -> Self {
        match policy {
            OnDrift::Fatal => Self::Fatal,
            OnDrift::Warn => Self::Warn,
            OnDrift::LiveWins => Self::LiveWins,
            OnDrift::StaticWins => Self::StaticWins,
        }
    }
}

impl fmt::Display for Bytes {
    /// As QEMU and board files write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("0"),
            bytes if bytes % (1 << 30) == 0 => write!(f, "{}G", bytes >> 30),
            bytes if bytes % (1 << 20) == 0 => write!(f, "{}M", bytes >> 20),
            bytes if bytes % (1 << 10) == 0 => write!(f, "{}K", bytes >> 10),
            bytes => write!(f, "{bytes}"),
        }
    }
}
