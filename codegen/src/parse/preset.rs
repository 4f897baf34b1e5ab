//! `schemas/presets.toml`: the commands and features there are, and the named choices among them and the drivers.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::toml::{self, Spanned};
use crate::findings::{Findings, Source};

/// Where presets are, relative to the project's root.
pub const FILE: &str = "schemas/presets.toml";

/// The whole file.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Presets {
    /// The shell's commands by name.
    pub commands: BTreeMap<String, Part>,
    /// What a build can do besides, by name.
    pub features: BTreeMap<String, Part>,
    /// The presets by name.
    pub preset: BTreeMap<String, Preset>,
}

/// What presets choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Drivers; those that bindings name.
    Driver,
    /// Commands of the shell.
    Command,
    /// What a build can do besides.
    Feature,
}

/// Something that a preset can choose: what it does, or a table with `summary`, `needs` and `excludes`.
#[derive(Debug)]
pub struct Part {
    /// One line for people.
    pub summary: String,
    /// What it is nothing without.
    pub needs: Names,
    /// What it can't be together with.
    pub excludes: Names,
}

/// Names of each kind.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Names {
    /// As bindings name them.
    pub drivers: Vec<Spanned<String>>,
    /// Of `[commands]`.
    pub commands: Vec<Spanned<String>>,
    /// Of `[features]`.
    pub features: Vec<Spanned<String>>,
}

/// `[preset.full]`
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(from = "PresetTable")]
pub struct Preset {
    /// One line for people.
    pub summary: String,
    /// What it chooses; everything else is left out.
    pub names: Names,
    /// Whether a drift that would only warn stops the boot.
    pub drift_stops: bool,
}

/// A preset as it is written.
#[derive(Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PresetTable {
    /// One line for people.
    summary: String,
    /// Drivers that a build has where one of its boards has the device.
    drivers: Vec<Spanned<String>>,
    /// Commands that the shell has; without any there is no shell.
    commands: Vec<Spanned<String>>,
    /// Features that are on.
    features: Vec<Spanned<String>>,
    /// Whether a drift that would only warn stops the boot.
    #[serde(default)]
    drift_stops: bool,
}

/// A part with more to say than its summary.
#[derive(Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct PartTable {
    /// One line for people.
    summary: String,
    /// What it is nothing without.
    #[serde(default)]
    needs: Names,
    /// What it can't be together with.
    #[serde(default)]
    excludes: Names,
}

impl Kind {
    /// All kinds, in the order in which people see them.
    pub const ALL: [Self; 3] = [Self::Driver, Self::Command, Self::Feature];

    /// `driver`
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::Command => "command",
            Self::Feature => "feature",
        }
    }

    /// `drivers`
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Driver => "drivers",
            Self::Command => "commands",
            Self::Feature => "features",
        }
    }

    /// The key of the `cfg` that the sources ask; `feature` is Cargo's.
    pub const fn cfg(self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::Command => "command",
            Self::Feature => "preset_feature",
        }
    }
}

impl Names {
    /// The names of one kind.
    pub fn of(&self, kind: Kind) -> &[Spanned<String>] {
        match kind {
            Kind::Driver => &self.drivers,
            Kind::Command => &self.commands,
            Kind::Feature => &self.features,
        }
    }

    /// All names with their kinds.
    pub fn all(&self) -> impl Iterator<Item = (Kind, &Spanned<String>)> {
        Kind::ALL.into_iter().flat_map(|kind| self.of(kind).iter().map(move |name| (kind, name)))
    }

    /// Where `name` stands among them.
    pub fn find(&self, kind: Kind, name: &str) -> Option<&Spanned<String>> {
        self.of(kind).iter().find(|have| have.get_ref() == name)
    }
}

impl Presets {
    /// What is known of a command or a feature.
    pub fn part(&self, kind: Kind, name: &str) -> Option<&Part> {
        match kind {
            Kind::Driver => None,
            Kind::Command => self.commands.get(name),
            Kind::Feature => self.features.get(name),
        }
    }
}

impl From<PresetTable> for Preset {
    fn from(table: PresetTable) -> Self {
        let PresetTable { summary, drivers, commands, features, drift_stops } = table;
        Self { summary, names: Names { drivers, commands, features }, drift_stops }
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PartVisitor)
    }
}

struct PartVisitor;

impl<'de> Visitor<'de> for PartVisitor {
    type Value = Part;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what it does, or a table with `summary`, `needs` and `excludes`")
    }

    fn visit_str<E: Error>(self, summary: &str) -> Result<Part, E> {
        Ok(Part { summary: summary.to_owned(), needs: Names::default(), excludes: Names::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Part, A::Error> {
        let PartTable { summary, needs, excludes } = Deserialize::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Part { summary, needs, excludes })
    }
}

/// Reads the presets.
pub fn read(source: &Arc<Source>, findings: &mut Findings) -> Option<Presets> {
    toml::read(source, findings)
}
