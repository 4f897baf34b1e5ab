//! `cargo board …`: what people do with boards.
//!
//! One file a subcommand; each parses its arguments, asks the library and prints. The exit status is 0 where all is well,
//! 1 where something was found, 2 where the command can't be obeyed.
#![forbid(unsafe_code)]
#![cfg_attr(feature = "strict", deny(warnings))]

mod check;
mod corpus;
mod diff;
mod explain;
mod firmware;
mod import_svd;
mod install;
mod learn;
mod new;
mod output;
mod pages;
mod presets;
mod project;
mod report;
mod schema;
mod tree;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Boards as data: draft, check, compare and report them.
#[derive(Parser)]
#[command(name = "board", bin_name = "cargo board", version)]
struct Cli {
    /// The project's folder; found from the current one upwards unless told.
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Draft a board from a device tree.
    New(new::Arguments),
    /// Say everything that is wrong with boards; all of them where none is named.
    Check(check::Arguments),
    /// Say what differs between two boards, two trees, or a board and a tree, in what it means.
    Diff(diff::Arguments),
    /// Take every tree of a folder all the way, and print the times.
    Corpus(corpus::Arguments),
    /// Print the page of a finding's code.
    Explain(explain::Arguments),
    /// Write the `config.txt` that the board's firmware reads.
    Firmware(firmware::Arguments),
    /// Draft a binding from a CMSIS-SVD file.
    ImportSvd(import_svd::Arguments),
    /// Propose the change to a board file that a boot log asks for.
    Learn(learn::Arguments),
    /// Print what each preset chooses: drivers, commands, features.
    Presets(presets::Arguments),
    /// Show a board to its reviewers: devices, memory, interrupts, start order, where each value comes from.
    Report(report::Arguments),
    /// Write `schemas/*.schema.json`, which editors complete and check by.
    Schema(schema::Arguments),
    /// Print a device tree as Keel reads it: translated windows, resolved interrupts.
    Tree(tree::Arguments),
    /// Hold a board against the tree of a machine, as the kernel does at boot.
    Verify(verify::Arguments),
}

/// How a command ended.
enum End {
    /// Nothing to say.
    Fine,
    /// Findings, or differences.
    Found,
}

/// Why a command can't be obeyed, for people.
struct Refusal(String);

fn main() -> ExitCode {
    let Cli { root, command } = Cli::parse();
    let ended = match command {
        Command::New(arguments) => new::run(&arguments, root.as_deref()),
        Command::Check(arguments) => check::run(&arguments, root.as_deref()),
        Command::Diff(arguments) => diff::run(&arguments, root.as_deref()),
        Command::Corpus(arguments) => corpus::run(&arguments, root.as_deref()),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Firmware(arguments) => firmware::run(&arguments, root.as_deref()),
        Command::ImportSvd(arguments) => import_svd::run(&arguments),
        Command::Learn(arguments) => learn::run(&arguments, root.as_deref()),
        Command::Presets(arguments) => presets::run(&arguments, root.as_deref()),
        Command::Report(arguments) => report::run(&arguments, root.as_deref()),
        Command::Schema(arguments) => schema::run(&arguments, root.as_deref()),
        Command::Tree(arguments) => tree::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments, root.as_deref()),
    };
    match ended {
        Ok(End::Fine) => ExitCode::SUCCESS,
        Ok(End::Found) => ExitCode::from(1),
        Err(Refusal(why)) => {
            eprintln!("{}", why.trim_end());
            ExitCode::from(2)
        }
    }
}
