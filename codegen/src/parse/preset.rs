//! `schemas/presets.toml`: the switches a build has, and the named choices among them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::toml::{self, Spanned};
use crate::findings::{Findings, Source};

/// Where presets are, relative to the project's root.
pub const FILE: &str = "schemas/presets.toml";

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presets {
    /// What each switch does, by name.
    pub switches: BTreeMap<String, String>,
    /// The presets by name.
    pub preset: BTreeMap<String, Preset>,
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

/// Reads the presets.
pub fn read(source: &Arc<Source>, findings: &mut Findings) -> Option<Presets> {
    toml::read(source, findings)
}
