//! Boots an image in QEMU for a person: the serial line is the terminal, Ctrl-A X leaves.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Args;
use codegen::emit::qemu::Qemu;
use codegen::parse::home;

use crate::failure::Failure;
use crate::image::{self, Built};
use crate::workspace;

/// The emulator.
pub(crate) const QEMU: &str = "qemu-system-aarch64";

/// Where RAM starts on QEMU's `virt` (hw/arm/virt.c, `base_memmap`); on its Raspberry Pis it starts at 0 (hw/arm/raspi4b.c).
const VIRT_RAM: u64 = 0x4000_0000;
/// Where in RAM QEMU puts an arm64 Image: the first multiple of 2 MiB behind its own boot code (hw/arm/boot.c).
const IMAGE_OFFSET: u64 = 2 << 20;

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
    /// A file that the machine has as a disk, byte for byte; told again, it has more. Only QEMU's `virt` has a bus for them.
    #[arg(long, value_name = "FILE")]
    disk: Vec<PathBuf>,
}

/// A machine of QEMU's, without an image.
pub(crate) struct Machine {
    command: Command,
    /// Where QEMU puts an arm64 Image.
    load_address: u64,
}

/// Boots `image` on `machine` and stays until QEMU ends.
pub(crate) fn run(mut machine: Machine, image: &Path) -> Result<ExitCode, Failure> {
    workspace::become_it(machine.command.arg("-kernel").arg(image))
}

/// Starts `built` halted at its first instruction and says how to attach gdb.
pub(crate) fn debug(mut machine: Machine, built: &Built) -> Result<ExitCode, Failure> {
    let port = free_port()?;
    machine.command.args(["-S", "-gdb", &format!("tcp:127.0.0.1:{port}")]);
    eprintln!("QEMU waits for gdb before the first instruction; Ctrl-A X leaves. In another terminal:\n");
    eprintln!("  {}\n", gdb_line(&built.elf, machine.load_address, port)?);
    run(machine, &built.image)
}

/// The machine for an ELF that Cargo has built, which says itself what boards it is for: that of `told`, else that of the
/// first board that QEMU shows.
pub(crate) fn machine_for(elf: &Path, told: Option<&str>, options: &Options) -> Result<Machine, Failure> {
    let boards = image::boards(elf)?;
    let wanted = |told| home::file(&workspace::root(), told);
    let Some(told) = told else {
        return first(&boards, options);
    };
    if !boards.contains(&wanted(told)) {
        let boards = boards.join(", ");
        return Err(Failure::Board(format!("{} is for {boards}, not for {}", elf.display(), wanted(told))));
    }
    machine(told, options)
}

/// The machine of the first of `boards` that QEMU shows.
fn first(boards: &[String], options: &Options) -> Result<Machine, Failure> {
    for board in boards {
        if let Some(shown) = shown(board)? {
            if boards.len() > 1 {
                eprintln!("booting as {board}, of {}; `-- --board NAME` chooses another", boards.join(", "));
            }
            return Ok(command(&shown, options));
        }
    }
    Err(nothing_to_boot(boards))
}

/// The board file's machine, without an image: to be asked for before one is built, because not every board is a machine
/// of QEMU's. Later options override its own.
pub(crate) fn machine(board: &str, options: &Options) -> Result<Machine, Failure> {
    let none = || nothing_to_boot(&[home::file(&workspace::root(), board)]);
    Ok(command(&shown(board)?.ok_or_else(none)?, options))
}

/// How QEMU shows a board; `None` where its file doesn't say.
fn shown(board: &str) -> Result<Option<Qemu>, Failure> {
    let wrong = |findings| Failure::Board(format!("the board `{board}` can't be built\n\n{findings}"));
    Ok(codegen::board(&workspace::root(), board).map_err(wrong)?.qemu)
}

fn nothing_to_boot(files: &[String]) -> Failure {
    let have = if files.len() == 1 { "has" } else { "have" };
    // By name, where that is enough.
    let told = |file: &String| match file.strip_prefix("boards/").and_then(|file| file.strip_suffix(".toml")) {
        Some(name) => name.to_owned(),
        None => file.clone(),
    };
    let boards: Vec<String> = files.iter().map(told).collect();
    Failure::Board(format!(
        "{} {have} no [qemu], so there is no machine to boot; `cargo xtask image --board {} --release` writes an image for the \
         hardware, and if QEMU does have the machine, [qemu] says which (boards/qemu-virt.toml is an example)",
        files.join(", "),
        boards.join(","),
    ))
}

fn command(shown: &Qemu, options: &Options) -> Machine {
    let mut command = Command::new(QEMU);
    command.args(["-nodefaults", "-display", "none", "-serial", "mon:stdio"]);
    command.args(shown.arguments());
    if let Some(tree) = &shown.tree {
        command.arg("-dtb").arg(workspace::root().join(tree));
    }
    if options.el2 {
        command.args(["-machine", "virtualization=on"]);
    }
    if let Some(cpus) = options.cpus {
        command.args(["-smp", &cpus.to_string()]);
    }
    if let Some(memory) = options.memory {
        command.args(["-m", &format!("{memory}M")]);
    }
    // QEMU fills its virtio windows from the last one on, and the kernel counts from the first.
    for (number, file) in options.disk.iter().enumerate().rev() {
        attach(&mut command, number, file);
    }
    let ram = if shown.machine.starts_with("raspi") { 0 } else { VIRT_RAM };
    Machine { command, load_address: ram + IMAGE_OFFSET }
}

/// A comma in a file's name is doubled, since one alone ends it for QEMU.
fn attach(command: &mut Command, number: usize, file: &Path) {
    let name = file.to_string_lossy().replace(',', ",,");
    command.arg("-drive").arg(format!("file={name},format=raw,if=none,id=disk{number}"));
    command.arg("-device").arg(format!("virtio-blk-device,drive=disk{number}"));
}

/// The symbols are loaded twice: where the kernel is linked, and where QEMU puts it and it runs until its page tables
/// are on. `gdb-multiarch` is Debian's build that knows AArch64; elsewhere `gdb` itself does.
fn gdb_line(elf: &Path, load_address: u64, port: u16) -> Result<String, Failure> {
    let gdb = workspace::answer("gdb-multiarch", &["--version"]).map_or("gdb", |_| "gdb-multiarch");
    let moved = load_address.wrapping_sub(image::link_address(elf)?);
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
