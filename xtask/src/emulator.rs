//! Boots an image in QEMU for a person: the serial line is the terminal, Ctrl-A X leaves.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, ExitCode};

use clap::Args;

use crate::failure::Failure;
use crate::image::{self, Built};
use crate::workspace;

/// The emulator.
pub(crate) const QEMU: &str = "qemu-system-aarch64";

/// Where QEMU's `virt` puts an arm64 Image: RAM's start, and the first multiple of 2 MiB behind its own boot code
/// (hw/arm/boot.c).
const LOAD_ADDRESS: u64 = 0x4020_0000;

/// What a person may choose about the machine.
#[derive(Args)]
pub(crate) struct Options {
    /// How many CPUs; the board file's `[qemu]` says it otherwise.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    cpus: Option<u32>,
    // QEMU takes `-m 0` for "as you like" and boots a machine that nobody asked for.
    /// RAM in MiB; the board file's `[qemu]` says it otherwise.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    memory: Option<u32>,
    /// Enter at EL2 instead of EL1.
    #[arg(long)]
    el2: bool,
}

/// Boots `image` on `machine` and stays until QEMU ends.
pub(crate) fn run(mut machine: Command, image: &Path) -> Result<ExitCode, Failure> {
    workspace::run(machine.arg("-kernel").arg(image))?;
    Ok(ExitCode::SUCCESS)
}

/// Starts `built` halted at its first instruction and says how to attach gdb.
pub(crate) fn debug(mut machine: Command, built: &Built) -> Result<ExitCode, Failure> {
    let port = free_port()?;
    machine.args(["-S", "-gdb", &format!("tcp:127.0.0.1:{port}")]);
    eprintln!("QEMU waits for gdb before the first instruction; Ctrl-A X leaves. In another terminal:\n");
    eprintln!("  {}\n", gdb_line(&built.elf, port)?);
    run(machine, &built.image)
}

/// The board file's machine, without an image: to be asked for before one is built, because not every board is a machine
/// of QEMU's. Later options override its own.
pub(crate) fn machine(board: &str, options: &Options) -> Result<Command, Failure> {
    let wrong = |findings| Failure::Board(format!("the board `{board}` can't be built\n\n{findings}"));
    let generated = codegen::board(&workspace::root(), board).map_err(wrong)?;
    let none = || {
        Failure::Board(format!(
            "boards/{board}.toml has no [qemu], so there is no machine to boot; `cargo xtask image --board {board} --release` \
             writes an image for the hardware"
        ))
    };
    let shown = generated.qemu.ok_or_else(none)?;
    let mut command = Command::new(QEMU);
    command.args(["-nodefaults", "-display", "none", "-serial", "mon:stdio"]);
    command.args(shown.arguments());
    if options.el2 {
        command.args(["-machine", "virtualization=on"]);
    }
    if let Some(cpus) = options.cpus {
        command.args(["-smp", &cpus.to_string()]);
    }
    if let Some(memory) = options.memory {
        command.args(["-m", &format!("{memory}M")]);
    }
    Ok(command)
}

/// The symbols are loaded twice: where the kernel is linked, and where QEMU puts it and it runs until its page tables
/// are on. `gdb-multiarch` is Debian's build that knows AArch64; elsewhere `gdb` itself does.
fn gdb_line(elf: &Path, port: u16) -> Result<String, Failure> {
    let gdb = workspace::answer("gdb-multiarch", &["--version"]).map_or("gdb", |_| "gdb-multiarch");
    let moved = LOAD_ADDRESS.wrapping_sub(image::link_address(elf)?);
    let elf = elf.display();
    Ok(format!(
        "{gdb} {elf} -ex 'set confirm off' -ex 'add-symbol-file {elf} -o {moved:#x}' -ex 'target remote 127.0.0.1:{port}'"
    ))
}

/// A port that nothing listens on at this moment; the listener is dropped so that QEMU can take it.
fn free_port() -> Result<u16, Failure> {
    let bound = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    let address = bound.map_err(|source| Failure::Start { program: "a local port for gdb".to_owned(), source })?;
    Ok(address.port())
}
