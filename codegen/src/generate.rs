//! The whole way of a board, from files to generated text.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check;
use crate::emit::qemu::Qemu;
use crate::emit::{self, linker, tables};
use crate::findings::{Finding, Findings, Place, Source, code};
use crate::kinds::Parts;
use crate::model::board::{Board, Inputs, Preset, preset as board_preset};
use crate::model::device::{self, Bindings};
use crate::parse::board as written;
use crate::parse::file;
pub(crate) use crate::parse::home::FOLDER;
use crate::parse::inherit;
use crate::parse::preset::{self, Kind, Presets};
use crate::parse::toml::Spanned;
use crate::parse::tree::Blob;

/// What comes of one board.
#[derive(Debug)]
pub struct Generated {
    /// The board with its meaning.
    pub board: Board,
    /// Every binding of the project.
    pub bindings: Bindings,
    /// `tables.rs` of an image for this board alone.
    pub tables: String,
    /// How QEMU shows it.
    pub qemu: Option<Qemu>,
    /// Warnings.
    pub findings: Findings,
}

/// What comes of the boards of one image.
#[derive(Debug)]
pub struct Image {
    /// `tables.rs`
    pub tables: String,
    /// `link.ld`
    pub linker_script: String,
    /// The files it was made from, relative to the project's root.
    pub inputs: Vec<String>,
    /// What the image's sources ask for, of each kind that presets choose from.
    pub cfgs: Vec<Cfg>,
    /// Warnings.
    pub findings: Findings,
}

/// A `cfg` key of the image's sources with all its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cfg {
    /// `driver`, `command` or `preset_feature`.
    pub key: &'static str,
    /// Every value, and whether it is set: whether some board of the image wants it.
    pub values: Vec<(String, bool)>,
}

/// What a build is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Development: what a release refuses is a warning.
    Debug,
    /// Machines that people rely on.
    Release,
}

/// What all boards have in common.
pub(crate) struct Common {
    root: PathBuf,
    profile: Profile,
    /// Nothing in it was found wrong.
    pub(crate) usable: bool,
    pub(crate) bindings: Bindings,
    pub(crate) presets: Presets,
}

/// The names of all boards of the project, in order. Board files that are kept elsewhere go by their paths.
pub fn boards(root: &Path) -> Vec<String> {
    // A project without the folder has no boards.
    file::toml_names(&root.join(FOLDER)).unwrap_or_default()
}

/// The board `name` of the project at `root`, or that of the board file at the path `name`, which ends with `.toml`; so
/// wherever a board is named.
pub fn board(root: &Path, name: &str) -> Result<Generated, Findings> {
    let mut findings = Findings::default();
    let common = Common::read(root, Profile::Debug, &mut findings);
    let made = inherit::read(root, name, &mut findings).and_then(|(source, file)| {
        // Without all bindings, devices would be missing that aren't.
        let common = common.filter(|common| common.usable)?;
        let board = common.board(root, &source, &file, &mut findings)?;
        let tables = match findings.has_errors() {
            true => String::new(),
            false => tables::emit(std::slice::from_ref(&board), common.bindings.as_slice(), &common.presets),
        };
        Some((board, common.bindings, tables))
    });
    let ((board, bindings, tables), findings) = findings.or(made)?;
    let qemu = Qemu::new(&board);
    Ok(Generated { board, bindings, tables, qemu, findings })
}

/// An image of `names` for the instruction set `target`, as `CARGO_CFG_TARGET_ARCH` spells it, to develop with.
pub fn image(root: &Path, names: &[&str], target: &str) -> Result<Image, Findings> {
    image_for(root, names, target, Profile::Debug, None)
}

/// An image as [`image`] makes one, for `profile`, and with `preset` in place of those that the board files name.
pub fn image_for(
    root: &Path,
    names: &[&str],
    target: &str,
    profile: Profile,
    preset: Option<&str>,
) -> Result<Image, Findings> {
    let mut findings = Findings::default();
    if names.is_empty() {
        return Err(no_board(root).into());
    }
    let common = Common::read(root, profile, &mut findings);
    let mut files: Vec<_> = names.iter().filter_map(|name| inherit::read(root, name, &mut findings)).collect();
    if let Some(preset) = preset {
        for (_, file) in &mut files {
            // What is wrong with it is shown where the board file chooses another one.
            file.board.preset = Spanned::new(file.board.preset.span(), preset.to_owned());
        }
    }
    // Without all bindings, devices would seem to be missing that aren't.
    let common = common.filter(|common| common.usable);
    let mut board = |(source, file): &(_, _)| common.as_ref()?.board(root, source, file, &mut findings);
    let boards: Vec<Option<Board>> = files.iter().map(&mut board).collect();
    let members = files.iter().zip(&boards).map(|((source, file), board)| (source, file, board.as_ref()));
    check::image(&members.collect::<Vec<_>>(), target, &mut findings);
    let made = common.map(|common| (common, boards.into_iter().flatten().collect::<Vec<_>>()));
    let ((common, boards), findings) = findings.or(made)?;
    let mut inputs = vec![device::FOLDER.to_owned(), preset::FILE.to_owned()];
    inputs.extend(boards.iter().flat_map(Board::files));
    Ok(Image {
        tables: tables::emit(&boards, common.bindings.as_slice(), &common.presets),
        linker_script: linker::emit(&boards),
        cfgs: cfgs(&boards),
        inputs,
        findings,
    })
}

/// The report on the board `name`. What is wrong with the board is in it; an error is a board that can't be read at all.
#[cfg(feature = "cli")]
pub fn report(root: &Path, name: &str) -> Result<crate::report::Report, Findings> {
    use crate::report::Report;

    let mut findings = Findings::default();
    let common = Common::read(root, Profile::Debug, &mut findings);
    let seen = inherit::read(root, name, &mut findings).and_then(|(source, file)| {
        let common = common.filter(|common| common.usable)?;
        common.board_and(root, &source, &file, &mut findings, Report::of).map(|(board, report)| report.beside(&board))
    });
    seen.map(|report| report.with(&findings)).ok_or(findings)
}

/// Every preset of the project at `root` with what it chooses, by name.
pub fn presets(root: &Path) -> Result<(BTreeMap<String, Preset>, Findings), Findings> {
    let mut findings = Findings::default();
    let common = Common::read(root, Profile::Debug, &mut findings).filter(|common| common.usable);
    findings.or(common.map(|common| board_preset::all(&common.presets, common.bindings.as_slice())))
}

/// The register maps of the project at `root`, which `drivers` includes.
pub fn registers(root: &Path) -> Result<String, Findings> {
    let mut findings = Findings::default();
    let bindings = bindings(root, &mut findings);
    if findings.has_errors() { Err(findings) } else { Ok(emit::registers::registers(&bindings)) }
}

/// The project's bindings, held to their rules.
fn bindings(root: &Path, findings: &mut Findings) -> Bindings {
    let bindings = device::bindings(root, findings);
    check::bindings::check(bindings.as_slice(), findings);
    bindings
}

impl Common {
    pub(crate) fn read(root: &Path, profile: Profile, findings: &mut Findings) -> Option<Self> {
        let mut found = Findings::default();
        let bindings = bindings(root, &mut found);
        let usable = !found.has_errors();
        findings.extend(found);
        let source = file::text(root, preset::FILE, &Place::Nowhere, findings)?;
        let presets = preset::read(&source, findings)?;
        // Without all bindings, drivers would be missing that aren't.
        if usable {
            check::presets(&source, &presets, bindings.as_slice(), findings);
        }
        Some(Self { root: root.to_owned(), profile, usable, bindings, presets })
    }

    /// Resolves and checks one board.
    fn board(&self, root: &Path, source: &Arc<Source>, file: &written::File, findings: &mut Findings) -> Option<Board> {
        self.board_and(root, source, file, findings, |_, _| ()).map(|(board, ())| board)
    }

    /// Resolves and checks one board; `look` sees it beside what it was made from.
    fn board_and<T>(
        &self,
        root: &Path,
        source: &Arc<Source>,
        file: &written::File,
        findings: &mut Findings,
        look: impl FnOnce(Inputs<'_>, &Board) -> T,
    ) -> Option<(Board, T)> {
        let blob = Blob::beside(root, source, &file.board.tree, findings)?;
        self.with_tree(source, file, &blob, findings, look)
    }

    /// The same, with the reference tree already read.
    pub(crate) fn with_tree<T>(
        &self,
        source: &Arc<Source>,
        file: &written::File,
        blob: &Blob,
        findings: &mut Findings,
        look: impl FnOnce(Inputs<'_>, &Board) -> T,
    ) -> Option<(Board, T)> {
        let (bindings, presets, profile) = (self.bindings.as_slice(), &self.presets, self.profile);
        Parts { root: &self.root, source, file, bindings, presets, profile }.make(blob, findings, look)
    }
}

/// What some board wants: a driver where the board or one of its variants has a device that it starts.
fn cfgs(boards: &[Board]) -> Vec<Cfg> {
    let tables: Vec<&Board> = boards
        .iter()
        .flat_map(|board| std::iter::once(board).chain(board.variants.iter().map(|it| &it.board)))
        .collect();
    let devices = || tables.iter().flat_map(|board| &board.devices);
    let wanted = |kind, name: &str| match kind {
        Kind::Driver => devices().any(|device| device.driver.is_some_and(|driver| driver.name() == name)),
        Kind::Command | Kind::Feature => {
            tables.iter().any(|board| board.preset.of(kind).chosen().any(|chosen| chosen == name))
        }
    };
    let cfg = |kind: Kind| {
        // Every board knows all names.
        let names: BTreeSet<&str> = boards.iter().flat_map(|board| board.preset.of(kind).names()).collect();
        Cfg { key: kind.cfg(), values: names.iter().map(|name| ((*name).to_owned(), wanted(kind, name))).collect() }
    };
    Kind::ALL.map(cfg).into()
}

fn no_board(root: &Path) -> Finding {
    let message = "the kernel is built for boards that are named, and none is";
    let finding = Finding::error(code::NO_BOARD, message, Place::Nowhere, "");
    let commands = boards(root).into_iter().map(|name| format!("cargo build --features board-{name}"));
    let finding = commands.fold(finding, Finding::note);
    finding.help("use one of these commands, or several of their features for one image; `cargo xtask run` builds and boots one in QEMU")
}
