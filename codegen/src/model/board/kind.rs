//! The kinds of a board: as its reference tree has it, and each variant, with everything that is edited in their trees.

use std::sync::Arc;

use hardware::tree::{Record, Tree};

use super::edit::{By, Edit};
use super::evidence::{self, Evidence};
use crate::findings::{Findings, Line, Source};
use crate::parse::board::{File, Variant};
use crate::parse::tree::Blob;

/// A kind of the board.
#[derive(Debug)]
pub struct Kind<'f> {
    /// The variant; `None` for the board as its reference tree has it.
    pub variant: Option<&'f Variant>,
    /// What tells the variant.
    pub evidence: Vec<Evidence>,
    /// What is edited, in order: the variant's edits, then the fixes.
    pub edits: Vec<Edit<'f>>,
    /// The tree before the first edit, between any two, and after the last.
    blobs: Vec<Blob>,
}

/// A tree before an edit, and what the edit was.
#[derive(Debug, Clone, Copy)]
pub struct Step<'i> {
    /// The tree.
    pub before: Tree<'i>,
    /// Who edits it.
    pub by: By,
    /// Where that is said.
    pub line: &'i Line,
}

impl<'f> Kind<'f> {
    /// The board as `blob`, its reference tree, has it.
    pub fn base(source: &Arc<Source>, file: &'f File, blob: Blob, findings: &mut Findings) -> Option<Self> {
        let mut kind = Self { variant: None, evidence: Vec::new(), edits: Vec::new(), blobs: vec![blob] };
        kind.fix(source, file, findings).then_some(kind)
    }

    /// The variant, whose edits start from `blob`: its own tree, or the board's, in which the evidence is then made true.
    pub fn variant(
        source: &Arc<Source>,
        file: &'f File,
        variant: &'f Variant,
        blob: Blob,
        findings: &mut Findings,
    ) -> Option<Self> {
        let name = variant.name.get_ref();
        let pieces = variant.evidence.get_ref().0.iter();
        let resolved: Vec<_> =
            pieces.map(|piece| evidence::resolve(source, &blob, name, piece, findings)).collect::<Option<_>>()?;
        let mut kind = Self { variant: Some(variant), evidence: Vec::new(), edits: Vec::new(), blobs: vec![blob] };
        let mut whole = true;
        for (evidence, edit) in resolved {
            kind.evidence.push(evidence);
            if let Some(edit) = edit.filter(|_| variant.tree.is_none()) {
                whole &= kind.apply(source, edit, findings);
            }
        }
        for over in &variant.overrides {
            whole &= kind.apply(source, Edit::of(source, over), findings);
        }
        (kind.fix(source, file, findings) && whole).then_some(kind)
    }

    /// The variant's name.
    pub fn name(&self) -> Option<&'f str> {
        self.variant.map(|variant| variant.name.get_ref().as_str())
    }

    /// The tree after all edits, of which the tables are made.
    pub fn claimed(&self) -> &Blob {
        &self.blobs[self.edits.len()]
    }

    /// The tree as firmware is expected to hand it over: before the fixes.
    pub fn recorded(&self) -> &Blob {
        &self.blobs[self.edits.iter().take_while(|edit| edit.by == By::Variant).count()]
    }

    /// Room for the records of the trees before each edit.
    pub fn records(&self) -> Vec<Vec<Record>> {
        vec![Vec::new(); self.edits.len()]
    }

    /// The trees before each edit.
    pub fn steps<'i>(&'i self, records: &'i mut [Vec<Record>], findings: &mut Findings) -> Option<Vec<Step<'i>>> {
        let steps = self.edits.iter().zip(&self.blobs).zip(records).map(|((edit, blob), records)| {
            Some(Step { before: blob.open(records, findings)?, by: edit.by, line: &edit.line })
        });
        steps.collect()
    }

    /// Applies the board's fixes; whether all of them could be.
    fn fix(&mut self, source: &Arc<Source>, file: &'f File, findings: &mut Findings) -> bool {
        let mut whole = true;
        for (index, fix) in file.fix.iter().enumerate() {
            whole &= self.apply(source, Edit::fix(source, index, fix), findings);
        }
        whole
    }

    fn apply(&mut self, source: &Arc<Source>, edit: Edit<'f>, findings: &mut Findings) -> bool {
        let edited = edit.apply(source, self.claimed(), self.name(), findings);
        let Some(blob) = edited else { return false };
        self.blobs.push(blob);
        self.edits.push(edit);
        true
    }
}
