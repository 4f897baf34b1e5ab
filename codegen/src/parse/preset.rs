//! `schemas/presets.toml`: the switches a build has, and the named choices among them.

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
#[serde(deny_unknown_fields)]
pub struct Presets {
    /// The switches by name.
    pub switches: BTreeMap<String, Switch>,
    /// The presets by name.
    pub preset: BTreeMap<String, Preset>,
}

/// What a switch does, and what it goes with: text, or a table with `summary`, `needs` and `excludes`.
#[derive(Debug)]
pub struct Switch {
    /// One line for people.
    pub summary: String,
    /// Switches that it is nothing without.
    pub needs: Vec<Spanned<String>>,
    /// Switches that it can't be on with.
    pub excludes: Vec<Spanned<String>>,
}

/// The table form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SwitchTable {
    summary: String,
    #[serde(default)]
    needs: Vec<Spanned<String>>,
    #[serde(default)]
    excludes: Vec<Spanned<String>>,
}

impl<'de> Deserialize<'de> for Switch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SwitchVisitor)
    }
}

struct SwitchVisitor;

impl<'de> Visitor<'de> for SwitchVisitor {
    type Value = Switch;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what the switch does, or a table with `summary`, `needs` and `excludes`")
    }

    fn visit_str<E: Error>(self, summary: &str) -> Result<Switch, E> {
        Ok(Switch { summary: summary.to_owned(), needs: Vec::new(), excludes: Vec::new() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Switch, A::Error> {
        let SwitchTable { summary, needs, excludes } = Deserialize::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Switch { summary, needs, excludes })
    }
}

/// `[preset.full]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Preset {
    /// One line for people.
    pub summary: String,
    /// Switches that are on; the others are off.
    pub on: Vec<Spanned<String>>,
    /// Whether a drift that would only warn stops the boot.
    #[serde(default)]
    pub drift_stops: bool,
}

impl Presets {
    /// Bit n: `preset` turns the nth switch on.
    pub fn bits(&self, preset: &Preset) -> u64 {
        bits(self.switches.keys().map(|switch| preset.on.iter().any(|on| on.get_ref() == switch)))
    }
}

/// Bit n for the nth; a finding keeps the switches below 64.
pub fn bits(on: impl Iterator<Item = bool>) -> u64 {
    on.take(64).enumerate().fold(0, |bits, (nth, on)| bits | u64::from(on) << nth)
}

/// Reads the presets.
pub fn read(source: &Arc<Source>, findings: &mut Findings) -> Option<Presets> {
    toml::read(source, findings)
}
