//! Boots an image in QEMU for a person: the serial line is the terminal, Ctrl-A X leaves.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, ExitCode};

use clap::Args;

use crate::failure::Failure;
use crate::image::Built;
use crate::workspace;

/// The emulator.
pub(crate) const QEMU: &str = "qemu-system-aarch64";

/// What a person may choose about the machine.
#[derive(Args)]
pub(crate) struct Options {
    /// How many CPUs.
    #[arg(long, default_value_t = 4)]
    cpus: u32,
    /// RAM in MiB.
    #[arg(long, default_value_t = 512)]
    memory: u32,
    /// Enter at EL2 instead of EL1.
    #[arg(long)]
    el2: bool,
}

/// Boots `image` and stays until QEMU ends.
pub(crate) fn run(image: &Path, board: &str, options: &Options) -> Result<ExitCode, Failure> {
    workspace::run(&mut machine(image, board, options)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Starts `built` halted at its first instruction and says how to attach gdb.
pub(crate) fn debug(built: &Built, board: &str, options: &Options) -> Result<ExitCode, Failure> {
    let port = free_port()?;
    let mut command = machine(&built.image, board, options)?;
    command.args(["-S", "-gdb", &format!("tcp:127.0.0.1:{port}")]);
    eprintln!("QEMU waits for gdb before the first instruction; Ctrl-A X leaves. In another terminal:\n");
    eprintln!("  {}\n", gdb_line(&built.elf, port));
    workspace::run(&mut command)?;
    Ok(ExitCode::SUCCESS)
}

fn machine(image: &Path, _board: &str, options: &Options) -> Result<Command, Failure> {
    let level = if options.el2 { ",virtualization=on" } else { "" };
    let mut command = Command::new(QEMU);
    command.args(["-nodefaults", "-display", "none", "-serial", "mon:stdio"]);
    command.args(["-machine", &format!("virt,gic-version=3{level}"), "-cpu", "cortex-a76"]);
    command.args(["-smp", &options.cpus.to_string(), "-m", &format!("{}M", options.memory)]);
    command.arg("-kernel").arg(image);
    Ok(command)
}

/// `gdb-multiarch` is Debian's build that knows AArch64; elsewhere `gdb` itself does.
fn gdb_line(elf: &Path, port: u16) -> String {
    let gdb = workspace::answer("gdb-multiarch", &["--version"]).map_or("gdb", |_| "gdb-multiarch");
    format!(
        "{gdb} {} -ex 'set architecture aarch64' -ex 'target remote 127.0.0.1:{port}' -ex 'hbreak kernel_main'",
        elf.display()
    )
}

/// A port that nothing listens on at this moment; the listener is dropped so that QEMU can take it.
fn free_port() -> Result<u16, Failure> {
    let bound = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    let address = bound.map_err(|source| Failure::Start { program: "a local port for gdb".to_owned(), source })?;
    Ok(address.port())
}
