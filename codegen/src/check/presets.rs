//! Every name in the presets is there, and what a preset chooses goes together.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::findings::{Finding, Findings, Place, Source, code};
use crate::model::board::preset::names;
use crate::model::device::Binding;
use crate::parse::nearest;
use crate::parse::preset::{Kind, Names, Part, Presets};
use crate::parse::toml::Spanned;

/// What presets choose are bits of a word for each kind in the tables.
const MOST: usize = 64;

/// Holds the presets to their rules. They are all boards', so this is told once and not by each of them.
pub fn presets(source: &Arc<Source>, presets: &Presets, bindings: &[Binding], findings: &mut Findings) {
    let rules = Rules { source, presets, bindings };
    let parts = presets.commands.values().chain(presets.features.values());
    let related = parts.flat_map(|part| [&part.needs, &part.excludes]);
    for (kind, name) in presets.preset.values().map(|preset| &preset.names).chain(related).flat_map(Names::all) {
        let known = rules.known(kind);
        if !known.contains(name.get_ref().as_str()) {
            findings.push(rules.unknown(kind, name, &known));
        }
    }
    for (name, preset) in &presets.preset {
        rules.together(name, &preset.names, findings);
    }
    for kind in Kind::ALL.into_iter().filter(|kind| rules.known(*kind).len() > MOST) {
        let message = format!("more than {MOST} {}", kind.plural());
        let place = Place::file(source.path.as_str());
        findings.push(Finding::error(code::INVALID_VALUE, message, place, "the tables have a bit for each of them"));
    }
}

/// The presets, and what their names are held to.
struct Rules<'r> {
    source: &'r Arc<Source>,
    presets: &'r Presets,
    bindings: &'r [Binding],
}

impl Rules<'_> {
    /// The names of one kind that there are.
    fn known(&self, kind: Kind) -> BTreeSet<&str> {
        names(kind, self.presets, self.bindings)
    }

    fn place(&self, name: &Spanned<String>) -> Place {
        Place::text(self.source, name.span())
    }

    /// Two choices that exclude each other, or one without what it needs.
    fn together(&self, preset: &str, chosen: &Names, findings: &mut Findings) {
        for (kind, name) in chosen.all() {
            let Some(Part { needs, excludes, .. }) = self.presets.part(kind, name.get_ref()) else { continue };
            for (other_kind, other) in excludes.all() {
                let Some(on) = chosen.find(other_kind, other.get_ref()) else { continue };
                let (one, other_name) = (called(kind, name), called(other_kind, other));
                let message = format!("`{preset}` can't have both the {one} and the {other_name}");
                let finding = Finding::error(code::CHOICE_CONFLICT, message, self.place(name), "this one");
                let finding = finding.with(self.place(on), "and this one").with(self.place(other), "excluded here");
                findings.push(finding.help("take one of them out"));
            }
            for (need_kind, need) in needs.all().filter(|(kind, need)| chosen.find(*kind, need.get_ref()).is_none()) {
                let (one, need_name) = (called(kind, name), called(need_kind, need));
                let message = format!("the {one} is nothing without the {need_name}");
                let label = format!("chosen by `{preset}`");
                let finding = Finding::error(code::CHOICE_CONFLICT, message, self.place(name), label);
                let finding = finding.with(self.place(need), "needed here");
                findings.push(finding.help(format!("add the {need_name}, or take the {one} out")));
            }
        }
    }

    fn unknown(&self, kind: Kind, name: &Spanned<String>, known: &BTreeSet<&str>) -> Finding {
        let message = format!("there is no {}", called(kind, name));
        let label = match kind {
            Kind::Driver => "no binding names it",
            Kind::Command | Kind::Feature => "",
        };
        let finding = Finding::error(code::UNKNOWN_CHOICE, message, self.place(name), label);
        match nearest(name.get_ref(), known.iter().copied()) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None if known.is_empty() => finding.help(format!("there are no {}: take it out", kind.plural())),
            None => finding.help(format!("one of {}", known.iter().copied().collect::<Vec<_>>().join(", "))),
        }
    }
}

/// driver `pl011`
fn called(kind: Kind, name: &Spanned<String>) -> String {
    format!("{} `{}`", kind.noun(), name.get_ref())
}
