//! The preset that a board names, and what it means for its devices.

use std::collections::{BTreeMap, BTreeSet};

use hardware::board::{Chosen, Driver};

use super::{Device, Inputs};
use crate::findings::{Finding, Findings, Place, code};
use crate::model::device::Binding;
use crate::parse::nearest;
use crate::parse::preset::{Kind, Names, Presets};

/// A preset with everything that it could have chosen.
#[derive(Debug)]
pub struct Preset {
    /// `full`
    pub name: String,
    /// Every driver that a binding names.
    pub drivers: Choices,
    /// Every command of the shell.
    pub commands: Choices,
    /// Every feature.
    pub features: Choices,
    /// Whether drifts that would warn stop the boot.
    pub drift_stops: bool,
    /// Every preset there is, with what it chooses.
    pub all: Vec<(String, Chosen)>,
}

/// Names in order, and whether each was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices(Vec<(String, bool)>);

impl Choices {
    fn new<'n>(names: impl IntoIterator<Item = &'n str>, is_chosen: impl Fn(&str) -> bool) -> Self {
        Self(names.into_iter().map(|name| (name.to_owned(), is_chosen(name))).collect())
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Those that were chosen.
    pub fn chosen(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, chosen)| *chosen).map(|(name, _)| name.as_str())
    }

    /// Bit n: the nth was chosen; a finding keeps them below 64.
    fn bits(&self) -> u64 {
        self.0.iter().take(64).enumerate().fold(0, |bits, (nth, (_, chosen))| bits | u64::from(*chosen) << nth)
    }
}

impl Preset {
    /// What it could have chosen of one kind, and what it did.
    pub const fn of(&self, kind: Kind) -> &Choices {
        match kind {
            Kind::Driver => &self.drivers,
            Kind::Command => &self.commands,
            Kind::Feature => &self.features,
        }
    }

    /// The same as bits.
    pub fn bits(&self) -> Chosen {
        let Self { drivers, commands, features, .. } = self;
        Chosen { drivers: drivers.bits(), commands: commands.bits(), features: features.bits() }
    }

    /// Whether builds have `driver`.
    pub fn has(&self, driver: Driver) -> bool {
        self.drivers.chosen().any(|name| name == driver.name())
    }
}

/// Every preset of the project, by name.
pub fn all(presets: &Presets, bindings: &[Binding]) -> BTreeMap<String, Preset> {
    let names = presets.preset.keys();
    names.map(|name| (name.clone(), preset(name, presets, bindings))).collect()
}

/// The preset that the board file names.
pub(super) fn named(inputs: Inputs<'_>, findings: &mut Findings) -> Preset {
    let named = &inputs.file.board.preset;
    let presets = inputs.presets;
    if !presets.preset.contains_key(named.get_ref()) {
        let place = Place::text(inputs.source, named.span());
        let finding =
            Finding::error(code::UNKNOWN_PRESET, format!("there is no preset `{}`", named.get_ref()), place, "");
        let names: Vec<&str> = presets.preset.keys().map(String::as_str).collect();
        findings.push(match nearest(named.get_ref(), names.iter().copied()) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.help(format!("one of {}", names.join(", "))),
        });
    }
    preset(named.get_ref(), presets, inputs.bindings)
}

/// The preset `name`; one that isn't there chooses everything, so that nothing else is found wrong with the board.
fn preset(name: &str, presets: &Presets, bindings: &[Binding]) -> Preset {
    let found = presets.preset.get(name);
    let choices = |kind, chosen: Option<&Names>| {
        Choices::new(names(kind, presets, bindings), |name| chosen.is_none_or(|all| all.find(kind, name).is_some()))
    };
    let of = |kind| choices(kind, found.map(|preset| &preset.names));
    let bits = |names: &Names| {
        let of = |kind| choices(kind, Some(names)).bits();
        Chosen { drivers: of(Kind::Driver), commands: of(Kind::Command), features: of(Kind::Feature) }
    };
    Preset {
        name: name.to_owned(),
        drivers: of(Kind::Driver),
        commands: of(Kind::Command),
        features: of(Kind::Feature),
        drift_stops: found.is_some_and(|preset| preset.drift_stops),
        all: presets.preset.iter().map(|(name, preset)| (name.clone(), bits(&preset.names))).collect(),
    }
}

/// What there is of one kind: drivers as bindings name them, commands and features as the presets' file lists them.
pub fn names<'n>(kind: Kind, presets: &'n Presets, bindings: &'n [Binding]) -> BTreeSet<&'n str> {
    match kind {
        Kind::Driver => bindings.iter().filter_map(|it| it.driver.as_ref()).map(|it| it.value.name()).collect(),
        Kind::Command => presets.commands.keys().map(String::as_str).collect(),
        Kind::Feature => presets.features.keys().map(String::as_str).collect(),
    }
}

/// Takes the drivers from devices that the preset leaves out.
pub(super) fn apply(preset: &Preset, devices: &mut [Device]) {
    for device in devices {
        let Some(driver) = device.driver.filter(|driver| !preset.has(*driver)) else { continue };
        device.take_driver(driver, &format!("the preset {} leaves it out", preset.name));
        device.by_preset = Some(driver);
    }
}
