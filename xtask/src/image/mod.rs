//! From a board's name to what can be booted: the ELF, the flat arm64 Image, the symbol map and what the firmware reads.

mod boards;
mod config;
mod flat;
mod map;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use codegen::parse::home;

use crate::failure::Failure;
use crate::workspace::{self, KERNEL_TARGET};

/// How the kernel is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Unoptimised, with every debug check.
    Dev,
    /// Optimised, as it is shipped.
    Release,
}

/// The files of a built image; `Display` is the lines that `cargo xtask image` prints.
#[derive(Debug, Clone)]
pub(crate) struct Built {
    /// With symbols and line numbers.
    pub(crate) elf: PathBuf,
    /// What is booted: loadable bytes only.
    pub(crate) image: PathBuf,
    /// A line for each symbol: address, size, kind, name.
    pub(crate) map: PathBuf,
    /// `config.txt` of each board whose firmware reads one.
    pub(crate) configs: Vec<PathBuf>,
}

impl Profile {
    fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}

impl fmt::Display for Built {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "elf: {}", self.elf.display())?;
        writeln!(f, "image: {}", self.image.display())?;
        writeln!(f, "map: {}", self.map.display())?;
        self.configs.iter().try_for_each(|config| writeln!(f, "config: {}", config.display()))
    }
}

/// Builds the image of `boards`: one, or several that share it.
pub(crate) fn build(boards: &[&str], profile: Profile) -> Result<Built, Failure> {
    workspace::run(&mut compile(boards, profile)?)?;
    collect(boards, profile)
}

/// The Cargo command that compiles the kernel for `boards`.
pub(crate) fn compile(boards: &[&str], profile: Profile) -> Result<Command, Failure> {
    let known = codegen::boards(&workspace::root());
    let (files, names): (Vec<&str>, Vec<&str>) = boards.iter().partition(|board| home::is_path(board));
    if let Some(board) = names.iter().find(|board| !known.iter().any(|name| name == *board)) {
        let known = known.join(", ");
        return Err(Failure::Board(format!(
            "no board called `{board}`; there is {known}, or the path of a board file, `….toml`"
        )));
    }
    let features = names.iter().map(|board| format!("board-{board}")).collect::<Vec<_>>().join(",");
    let mut command = workspace::cargo(&["build", "--package", "kernel", "--features", &features]);
    let files = std::env::join_paths(files).map_err(|error| Failure::Board(error.to_string()))?;
    command.args(["--target", KERNEL_TARGET]);
    // This image is for these boards, whatever the caller's variable says.
    match files.is_empty() {
        true => command.env_remove("KEEL_BOARDS"),
        false => command.env("KEEL_BOARDS", files),
    };
    if profile == Profile::Release {
        command.arg("--release");
    }
    if let Some(id) = build_id() {
        command.env("KEEL_BUILD_ID", id);
    }
    Ok(command)
}

/// The commit, marked where the sources differ from it; `None` outside of a repository.
fn build_id() -> Option<String> {
    let root = workspace::root().display().to_string();
    let described =
        workspace::answer("git", &["-C", &root, "describe", "--always", "--dirty=+", "--abbrev=7", "--exclude=*"])?;
    Some(described.trim().to_owned())
}

/// Takes what [`compile`]'s command has left, under the boards' own names: Cargo's `keel` is whatever was built last.
pub(crate) fn collect(boards: &[&str], profile: Profile) -> Result<Built, Failure> {
    let built = workspace::target().join(KERNEL_TARGET).join(profile.folder()).join("keel");
    let folder = workspace::target().join("images");
    // `kernel/build.rs` takes it in place of the boards' own preset.
    let preset = std::env::var("KEEL_PRESET").map_or_else(|_| String::new(), |preset| format!("-{preset}"));
    let names: Vec<&str> = boards.iter().map(|board| name(board)).collect();
    let elf = folder.join(format!("{}{preset}-{}.elf", names.join("+"), profile.folder()));
    copy(&built, &elf)?;
    Ok(Built { configs: config::write(boards, &folder)?, ..write(&elf)? })
}

/// A board's name, where it may have been told by its file's path.
fn name(board: &str) -> &str {
    match home::is_path(board) {
        true => Path::new(board).file_stem().and_then(|stem| stem.to_str()).unwrap_or(board),
        false => board,
    }
}

/// The files of the boards that an ELF is for, relative to the project's root.
pub(crate) fn boards(elf: &Path) -> Result<Vec<String>, Failure> {
    let bytes = fs::read(elf).map_err(Failure::file(elf))?;
    boards::listed(&bytes).map_err(|error| Failure::Elf { path: elf.to_path_buf(), what: error.to_string() })
}

/// Writes the Image and the map beside an ELF.
pub(crate) fn write(elf: &Path) -> Result<Built, Failure> {
    let bytes = fs::read(elf).map_err(Failure::file(elf))?;
    let broken = |what: String| Failure::Elf { path: elf.to_path_buf(), what };
    let (image, map) = (elf.with_extension("image"), elf.with_extension("map"));
    let built = Built { elf: elf.to_path_buf(), image, map, configs: Vec::new() };
    let image = flat::image(&bytes).map_err(|error| broken(error.to_string()))?;
    fs::write(&built.image, image).map_err(Failure::file(&built.image))?;
    let map = map::symbols(&bytes).map_err(|error| broken(error.to_string()))?;
    fs::write(&built.map, map).map_err(Failure::file(&built.map))?;
    Ok(built)
}

/// The lowest address that an ELF is linked for; it runs elsewhere until its own page tables are on.
pub(crate) fn link_address(elf: &Path) -> Result<u64, Failure> {
    let bytes = fs::read(elf).map_err(Failure::file(elf))?;
    flat::link_address(&bytes).map_err(|error| Failure::Elf { path: elf.to_path_buf(), what: error.to_string() })
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(Failure::file(folder))?;
    }
    fs::copy(from, to).map_err(Failure::file(from)).map(drop)
}
