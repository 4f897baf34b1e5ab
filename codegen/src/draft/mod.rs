//! The first draft of a board file, from nothing but a device tree.
//!
//! [`Drafter`] has what all drafts need; [`Drafter::draft`] makes a [`Draft`]: the file's text, what was decided and why,
//! what nothing can drive, and the findings that a check of the draft has. Nothing is written: that is the command's part.
//! A draft says only what the tree doesn't; what a person has to choose stands in it as a comment.

mod identity;
mod machine;
mod text;
mod undriven;

use std::fs;
use std::path::Path;

use hardware::check::Ledger;

pub use self::undriven::Undriven;
use crate::check;
use crate::emit::{memory, tables};
use crate::findings::{Finding, Findings, Place, Source, code};
use crate::generate::{self, Common, FOLDER, Profile};
use crate::model::board::{Board, Inputs};
use crate::parse::tree::Blob;
use crate::parse::{board as written, file};
use crate::report::Report;
use crate::verify;

/// Drafts boards of one project.
pub struct Drafter {
    common: Common,
}

/// A board that nobody has looked at yet.
pub struct Draft {
    /// As its file is called.
    pub name: String,
    /// The board file.
    pub text: String,
    /// What was decided, and why.
    pub decisions: Vec<Decision>,
    /// What nothing drives.
    pub undriven: Undriven,
    /// What the text and the tree mean.
    pub board: Board,
    /// What a check finds; with an error among them, the draft can't be built as it is.
    pub findings: Findings,
    /// The reference tree.
    pub blob: Blob,
}

/// Something that the draft says, leaves out, or leaves to a person.
#[derive(Debug)]
pub struct Decision {
    /// What it is about: `console`.
    pub what: &'static str,
    /// What was chosen.
    pub value: String,
    /// Why.
    pub why: String,
    /// What it adds to the file.
    pub entry: Entry,
}

/// What a decision adds to the file.
#[derive(Debug)]
pub enum Entry {
    /// Nothing: the tree says it, or the default is right.
    Default,
    /// A TOML value of `[board]`, under the decision's name.
    Key(String),
    /// A whole table.
    Table(String),
    /// A person has to choose: the table that would do it, a line each, as a comment.
    Open(Vec<String>),
}

impl Drafter {
    /// Reads the bindings and presets of the project at `root`.
    pub fn new(root: &Path) -> Result<Self, Findings> {
        let mut findings = Findings::default();
        let common = Common::read(root, Profile::Debug, &mut findings).filter(|common| common.usable);
        findings.or(common).map(|(common, _)| Self { common })
    }

    /// Drafts the board `name` from the tree in `bytes`. A name that can't be one, or bytes that aren't a tree, are findings.
    ///
    /// Findings point at `boards/NAME.dtb`, where the tree is going to be.
    pub fn draft(&self, name: &str, bytes: Vec<u8>) -> Result<Draft, Findings> {
        let mut findings = Findings::default();
        check::board_name(name, &Place::Nowhere, &mut findings);
        let blob = Blob { path: format!("{FOLDER}/{name}.dtb").into(), bytes, named: Place::Nowhere };
        let decided = self.decide(name, &blob, &mut findings).filter(|_| !findings.has_errors());
        let Some((decisions, undriven)) = decided else { return Err(findings) };
        let text = text::write(&decisions);
        // From here on, what is found is what a check would find.
        match self.board(&text, &blob, &mut findings, |_, _| ()) {
            Some((board, ())) => Ok(Draft { name: name.to_owned(), text, decisions, undriven, board, findings, blob }),
            None => Err(findings),
        }
    }

    /// Rust tables of a draft without errors.
    pub fn tables(&self, draft: &Draft) -> String {
        tables::emit(std::slice::from_ref(&draft.board), self.common.bindings.as_slice(), &self.common.presets)
    }

    /// What reviewers see of a draft.
    pub fn report(&self, draft: &Draft) -> Option<Report> {
        let (_, report) = self.board(&draft.text, &draft.blob, &mut Findings::default(), Report::of)?;
        Some(report.with(&draft.findings))
    }

    /// What the kernel's check says of a draft on the very machine that it was made from.
    pub fn verify(&self, draft: &Draft) -> Result<Ledger<'static>, Findings> {
        let board = memory::board(&draft.board, self.common.bindings.as_slice());
        verify::ledger(board, draft.blob.clone())
    }

    fn decide(&self, name: &str, blob: &Blob, findings: &mut Findings) -> Option<(Vec<Decision>, Undriven)> {
        let mut records = Vec::new();
        let tree = blob.open(&mut records, findings)?;
        let mut decisions = identity::decide(name, &tree, &self.common.presets);
        // Which devices there are is known once the bare file has a meaning; what is wrong with it is said of the whole one,
        // if it comes to that.
        let bare = text::write(&decisions);
        let mut found = Findings::default();
        let Some((board, ())) = self.board(&bare, blob, &mut found, |_, _| ()) else {
            findings.extend(found);
            return None;
        };
        decisions.extend(machine::decide(&board, &tree));
        Some((decisions, Undriven::new(&board, &tree)))
    }

    /// What the board file `text` means; `look` sees it beside what it was made from.
    fn board<T>(
        &self,
        text: &str,
        blob: &Blob,
        findings: &mut Findings,
        look: impl FnOnce(Inputs<'_>, &Board) -> T,
    ) -> Option<(Board, T)> {
        let path = blob.path.strip_suffix(".dtb").unwrap_or(&blob.path);
        let source = Source::new(format!("{path}.toml"), text);
        let file = written::read(&source, findings)?;
        self.common.with_tree(&source, &file, blob, findings, look)
    }
}

/// The project's other boards that a live tree couldn't tell from `draft`.
pub fn rivals(root: &Path, draft: &Draft) -> Vec<String> {
    let same = |name: &String| {
        let mut findings = Findings::default();
        let path = format!("{FOLDER}/{name}.toml");
        let source = file::text(root, &path, &Place::Nowhere, &mut findings);
        let file = source.and_then(|source| written::read(&source, &mut findings));
        file.is_some_and(|file| {
            let (theirs, ours) = (file.board.compatible.get_ref(), &draft.board.compatible);
            let nameless = theirs.is_empty() && ours.is_empty();
            nameless || theirs.iter().any(|string| ours.contains(string.get_ref()))
        })
    };
    generate::boards(root).into_iter().filter(|name| *name != draft.name).filter(same).collect()
}

/// Where the reports are that reviewers read, relative to the project's root.
pub const PAGES: &str = "docs/boards";

/// The finding that `draft`, its tree or its page would take the place of something else. The tree itself may be there
/// already: that is where people dump it to.
pub fn replaced(root: &Path, draft: &Draft) -> Option<Finding> {
    let there = |path: &String| {
        let path = root.join(path);
        fs::symlink_metadata(&path).is_ok()
            && (path.extension() != Some("dtb".as_ref()) || !is_file_of(&path, &draft.blob.bytes))
    };
    let [folder, name] = [FOLDER, &draft.name];
    let paths = [format!("{folder}/{name}.toml"), format!("{folder}/{name}.dtb"), format!("{PAGES}/{name}.md")];
    let path = paths.into_iter().find(there)?;
    let message = format!("`{path}` is there already");
    let finding = Finding::error(code::BOARD_EXISTS, message, Place::file(path), "nothing was written");
    Some(finding.help("choose another name, or replace it with --force"))
}

fn is_file_of(path: &Path, bytes: &[u8]) -> bool {
    let same_size = fs::metadata(path).is_ok_and(|there| there.is_file() && there.len() == bytes.len() as u64);
    same_size && fs::read(path).is_ok_and(|there| there == bytes)
}
