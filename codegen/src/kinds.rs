//! A board in all its kinds: each is resolved and held to the rules like a board of its own, from a tree of its own.

use std::path::Path;
use std::sync::Arc;

use crate::Profile;
use crate::check;
use crate::findings::{Findings, Source, code};
use crate::model::board::{Board, By, Inputs, Kind, Variant, resolve};
use crate::model::device::Binding;
use crate::parse::board::{self as written, File};
use crate::parse::preset::Presets;
use crate::parse::tree::Blob;

/// What a board is made of.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'p> {
    /// The project.
    pub(crate) root: &'p Path,
    /// The board file's text.
    pub(crate) source: &'p Arc<Source>,
    /// What it says.
    pub(crate) file: &'p File,
    /// Every binding there is.
    pub(crate) bindings: &'p [Binding],
    /// Every preset there is.
    pub(crate) presets: &'p Presets,
    /// What the board is built for.
    pub(crate) profile: Profile,
}

/// A kind, made.
struct Made<'p, T> {
    kind: Kind<'p>,
    board: Board,
    seen: T,
    /// Which fixes have changed something.
    effective: Vec<usize>,
    findings: Findings,
}

impl<'p> Parts<'p> {
    /// Resolves and checks the board, whose reference tree is in `blob`, with its variants; `look` sees the board beside
    /// what it was made from.
    pub(crate) fn make<T>(
        self,
        blob: &Blob,
        findings: &mut Findings,
        look: impl FnOnce(Inputs<'_>, &Board) -> T,
    ) -> Option<(Board, T)> {
        let Self { source, file, .. } = self;
        check::fixes(source, file, blob, self.profile, findings);
        check::firmware(source, file, findings);
        let base = Kind::base(source, file, blob.clone(), findings)?;
        let mut base = self.kind(base, findings, look)?;
        let mut variants = Vec::new();
        for variant in &file.variant {
            let blob = match &variant.tree {
                Some(tree) => Blob::beside(self.root, source, tree, findings)?,
                None => blob.clone(),
            };
            let kind = Kind::variant(source, file, variant, blob, findings)?;
            variants.push(self.kind(kind, findings, |_, _| ())?);
        }
        let kinds: Vec<&Kind<'_>> = std::iter::once(&base.kind).chain(variants.iter().map(|made| &made.kind)).collect();
        check::variants(source, &kinds, findings);
        let mut effective = std::mem::take(&mut base.effective);
        effective.extend(variants.iter().flat_map(|made| &made.effective));
        check::useless_fixes(source, file, &effective, findings);
        tell(&base, &variants, findings);
        base.board.variants = variants.into_iter().filter_map(|made| self.variant(made)).collect();
        Some((base.board, base.seen))
    }

    /// Resolves and checks one kind.
    fn kind<T>(
        self,
        kind: Kind<'p>,
        findings: &mut Findings,
        look: impl FnOnce(Inputs<'_>, &Board) -> T,
    ) -> Option<Made<'p, T>> {
        let (mut before, mut records) = (kind.records(), Vec::new());
        let steps = kind.steps(&mut before, findings)?;
        let tree = kind.claimed().open(&mut records, findings)?;
        let inputs = Inputs {
            source: self.source,
            file: self.file,
            blob: kind.claimed(),
            tree: &tree,
            steps: &steps,
            bindings: self.bindings,
            presets: self.presets,
        };
        let mut found = Findings::default();
        let (mut board, effective) = resolve(inputs, &mut found);
        check::board(inputs, &board, &mut found);
        board.recorded = kind.recorded().bytes.clone();
        let seen = look(inputs, &board);
        let fix = |(step, effective): (usize, bool)| match steps.get(step)?.by {
            By::Fix(index) if effective => Some(index),
            _ => None,
        };
        let effective = effective.into_iter().enumerate().filter_map(fix).collect();
        Some(Made { kind, board, seen, effective, findings: found })
    }

    fn variant(self, made: Made<'p, ()>) -> Option<Variant> {
        let written::Variant { name, summary, evidence, .. } = made.kind.variant?;
        Some(Variant {
            name: name.get_ref().clone(),
            summary: summary.clone(),
            line: self.source.at(evidence.span().start),
            evidence: made.kind.evidence,
            board: made.board,
        })
    }
}

/// Tells what was found in the kinds: once what all have in common, and with the variant's name what only a variant has.
fn tell<T>(base: &Made<'_, T>, variants: &[Made<'_, ()>], findings: &mut Findings) {
    // A name that one kind knows is no mistake where another doesn't know it.
    let names = [code::UNKNOWN_FACT, code::UNKNOWN_CONSOLE];
    let everywhere = |finding: &_| variants.iter().all(|made| made.findings.has(finding));
    for finding in base.findings.iter().filter(|finding| !names.contains(&finding.code) || everywhere(finding)) {
        findings.push(finding.clone());
    }
    for made in variants {
        let name = made.kind.name().unwrap_or_default();
        let new = made.findings.iter().filter(|finding| !names.contains(&finding.code));
        for finding in new.filter(|finding| !base.findings.has(finding)) {
            findings.push(finding.clone().note(format!("this is so in the variant `{name}`")));
        }
    }
}
