//! The image under test.

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, OnceLock};

use crate::failure::{Cause, Failure};
use crate::paths;

/// An arm64 Image file.
#[derive(Debug, Clone)]
pub struct Image {
    /// The flat Image, as `cargo xtask image` writes it.
    pub path: PathBuf,
}

impl Image {
    /// The ELF that it was made of.
    pub fn elf(&self) -> PathBuf {
        self.path.with_extension("elf")
    }

    /// The address of `symbol`, by the map that `cargo xtask image` writes beside the image.
    pub fn symbol(&self, symbol: &str) -> Result<u64, Failure> {
        let path = self.path.with_extension("map");
        let map = std::fs::read_to_string(&path).map_err(|source| Cause::File { path: path.clone(), source })?;
        let line = map.lines().find(|line| line.ends_with(&format!(" {symbol}")));
        let address = line.and_then(|line| u64::from_str_radix(line.split(' ').next()?, 16).ok());
        let missing = || Cause::Tool { program: path.display().to_string(), what: format!("no symbol `{symbol}`") };
        Ok(address.ok_or_else(missing)?)
    }

    /// The image that `KEEL_IMAGE` names; without it, qemu-virt's release image, built if need be.
    pub fn under_test() -> Result<&'static Self, Failure> {
        static IMAGE: OnceLock<Result<Image, String>> = OnceLock::new();
        let found = IMAGE.get_or_init(|| match std::env::var_os("KEEL_IMAGE") {
            Some(path) => Ok(Image { path: paths::root().join(path) }),
            None => build("qemu-virt", None),
        });
        taken(found)
    }

    /// The release image with the tables of all boards, built if need be.
    pub fn of_all_boards() -> Result<&'static Self, Failure> {
        static IMAGE: OnceLock<Result<Image, String>> = OnceLock::new();
        taken(IMAGE.get_or_init(|| build(&codegen::boards(&paths::root()).join(","), None)))
    }

    /// The release image of the board in the file `board`, relative to the workspace's root: that under test for
    /// qemu-virt, built for every other.
    pub fn of(board: &str) -> Result<Self, Failure> {
        match board {
            "boards/qemu-virt.toml" => Self::under_test().cloned(),
            board => build(&name(board), None).map_err(failed),
        }
    }

    /// The release image of one board with another preset than its own.
    pub fn with_preset(board: &str, preset: &str) -> Result<Self, Failure> {
        build(board, Some(preset)).map_err(failed)
    }
}

/// How `xtask` is told a board: one of the project's by its name, so that its feature is what chooses it.
fn name(board: &str) -> String {
    let name = board.strip_prefix("boards/").and_then(|file| file.strip_suffix(".toml"));
    name.map_or_else(|| board.to_owned(), str::to_owned)
}

fn taken(built: &'static Result<Image, String>) -> Result<&'static Image, Failure> {
    built.as_ref().map_err(|what| failed(what.clone()))
}

fn failed(what: String) -> Failure {
    Cause::Tool { program: "cargo xtask image".to_owned(), what }.into()
}

/// Builds one image for `boards`, a list with commas, with the boards' own presets or with `preset`.
fn build(boards: &str, preset: Option<&str>) -> Result<Image, String> {
    // Cargo leaves every image under one name: from the build to its copy, one at a time.
    static BUILDING: Mutex<()> = Mutex::new(());
    let _building = BUILDING.lock();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["xtask", "image", "--release", "--board", boards]).current_dir(paths::root());
    match preset {
        Some(preset) => command.env("KEEL_PRESET", preset),
        None => command.env_remove("KEEL_PRESET"),
    };
    let output = command.output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let path = lines.lines().find_map(|line| line.strip_prefix("image: "));
    path.map(|path| Image { path: path.into() }).ok_or_else(|| format!("no `image:` line in\n{lines}"))
}
