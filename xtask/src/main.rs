//! Developer commands: `cargo xtask run`, `test`, `doctor`, `image`, `debug`, `corpus`, `fuzz`, `miri`,
//! `bench`.
//!
//! - [`setup`]: what the commands need on the machine, and how to get it.
//! - [`image`]: from a board's name to ELF, arm64 Image and symbol map.
//! - [`emulator`]: boots an image in QEMU for a person.
//! - [`suite`]: the steps of `cargo xtask test`.
//! - [`corpus`]: a folder of trees through the `board` command.
//! - [`fuzz`]: libFuzzer on the stable toolchain.
//! - [`miri`]: the portable packages' tests under Miri.
//! - [`mod@bench`]: the figures that the project promises.
#![forbid(unsafe_code)]
#![cfg_attr(feature = "strict", deny(warnings))]

mod bench;
mod corpus;
mod emulator;
mod failure;
mod fuzz;
mod image;
mod miri;
mod setup;
mod suite;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use failure::Failure;
use image::Profile;
use setup::Need;

/// Keel's developer commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Boot a board in QEMU to its shell; Ctrl-A X leaves.
    Run {
        #[command(flatten)]
        build: Build,
        #[command(flatten)]
        machine: emulator::Options,
    },
    /// Run every check and test.
    Test {
        /// Only the steps whose name contains this.
        filter: Option<String>,
    },
    /// Report what is there, what is missing and how to install it; changes nothing.
    Doctor,
    /// Write a board's ELF, arm64 Image and symbol map, and what its firmware reads.
    Image {
        /// A file name in `boards/`, without `.toml`, or the path of a board file; several make one image for all of them.
        #[arg(long, required = true, value_delimiter = ',', value_parser = workspace::board)]
        board: Vec<String>,
        /// Optimised, as it is shipped.
        #[arg(long)]
        release: bool,
    },
    /// Boot an ELF that Cargo has built; what `cargo run --features board-…` calls.
    Qemu {
        /// The ELF.
        #[arg(long)]
        image: PathBuf,
        /// Which of its boards; the first that QEMU has, unless told.
        #[arg(long, value_parser = workspace::board)]
        board: Option<String>,
        #[command(flatten)]
        machine: emulator::Options,
    },
    /// Start QEMU halted with its gdb stub and print the gdb line.
    Debug {
        #[command(flatten)]
        build: Build,
        #[command(flatten)]
        machine: emulator::Options,
    },
    /// Take every tree of a folder through draft, check, report, verify and code generation, and print the times.
    Corpus(corpus::Options),
    /// Fuzz what reads foreign files: device trees, board files, bindings.
    Fuzz {
        /// `tree`, `board` or `binding`; all of them unless told.
        #[arg(value_parser = fuzz::TARGETS)]
        target: Option<String>,
        /// How long, for each.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Run the portable packages' tests under Miri, which checks every access to memory.
    Miri,
    /// Measure the promised figures: instructions to the prompt, image size, look-ups, codegen.
    Bench {
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// Which build of which board.
#[derive(Args)]
struct Build {
    /// A file name in `boards/`, without `.toml`, or the path of a board file.
    #[arg(long, default_value = "qemu-virt", value_parser = workspace::board)]
    board: String,
    /// Unoptimised, with every debug check.
    #[arg(long)]
    dev: bool,
}

impl Build {
    fn profile(&self) -> Profile {
        if self.dev { Profile::Dev } else { Profile::Release }
    }
}

fn main() -> ExitCode {
    match dispatch(Cli::parse().command) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Run { build, machine } => {
            setup::provide(Need::FOR_BOOT)?;
            let machine = emulator::machine(&build.board, &machine)?;
            emulator::run(machine, &image::build(&[&build.board], build.profile())?.image)
        }
        Command::Test { filter } => {
            setup::provide(Need::FOR_TESTS)?;
            setup::offer(Need::FOR_MORE_TESTS);
            suite::run(filter.as_deref())
        }
        Command::Doctor => Ok(setup::doctor()),
        Command::Image { board, release } => {
            let profile = if release { Profile::Release } else { Profile::Dev };
            let boards: Vec<&str> = board.iter().map(String::as_str).collect();
            print!("{}", image::build(&boards, profile)?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Qemu { image, board, machine } => {
            let machine = emulator::machine_for(&image, board.as_deref(), &machine)?;
            emulator::run(machine, &image::write(&image)?.image)
        }
        Command::Debug { build, machine } => {
            setup::provide(Need::FOR_BOOT)?;
            let machine = emulator::machine(&build.board, &machine)?;
            emulator::debug(machine, &image::build(&[&build.board], build.profile())?)
        }
        Command::Corpus(options) => corpus::run(&options),
        Command::Fuzz { target, seconds } => {
            setup::provide(Need::FOR_FUZZING)?;
            fuzz::run(target.as_deref(), seconds)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Miri => {
            setup::provide(Need::FOR_MIRI)?;
            miri::run()?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Bench { json } => {
            setup::provide(Need::FOR_BENCH)?;
            bench::run(json)
        }
    }
}
