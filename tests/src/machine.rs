//! What QEMU shows the guest.

use std::process::{Command, Stdio};

use crate::failure::{Cause, Failure};
use crate::guest::Guest;
use crate::handover::{Handover, Raw};
use crate::image::Image;
use crate::paths;

/// The emulator.
pub const QEMU: &str = "qemu-system-aarch64";
/// The serial line that leads to the test.
const HEARD: &str = "chardev:serial";

/// A machine, not yet running.
#[derive(Debug, Clone)]
pub struct Machine {
    model: Model,
    entry: EntryLevel,
    cpus: u32,
    memory_mib: u32,
    cpu: &'static str,
    /// What its serial lines lead to, in QEMU's words; one of them to the test.
    serials: Vec<&'static str>,
    /// What `-machine` says besides, each with a comma before it.
    options: String,
    handover: Handover,
    extra: Vec<String>,
}

/// Which of QEMU's machines it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Model {
    Virt(Gic),
    Raspi4b,
}

/// Which interrupt controller `virt` has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gic {
    /// The board `qemu-virt-gicv2`.
    V2,
    /// The board `qemu-virt`.
    V3,
}

/// The exception level at which the image is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryLevel {
    /// QEMU's default.
    El1,
    /// `virtualization=on`; PSCI's conduit becomes `smc`.
    El2,
}

impl Machine {
    /// One CPU, a GICv3, 512 MiB, entered at EL1 by QEMU's own boot protocol.
    pub fn virt() -> Self {
        Self {
            model: Model::Virt(Gic::V3),
            entry: EntryLevel::El1,
            cpus: 1,
            memory_mib: 512,
            cpu: "cortex-a76",
            serials: vec![HEARD],
            options: String::new(),
            handover: Handover::Kernel,
            extra: Vec::new(),
        }
    }

    /// A Raspberry Pi 4 with 2 GiB, which QEMU enters at EL2. It has no tree of its own: QEMU edits `tree` and hands it over.
    pub fn raspi4b(tree: Vec<u8>) -> Self {
        Self {
            model: Model::Raspi4b,
            entry: EntryLevel::El2,
            cpus: 4,
            memory_mib: 2048,
            cpu: "cortex-a72",
            handover: Handover::KernelWithTree(tree),
            ..Self::virt()
        }
    }

    /// `virt` with this interrupt controller.
    pub fn gic(self, gic: Gic) -> Self {
        Self { model: Model::Virt(gic), ..self }
    }

    /// With a property of QEMU's machine, `highmem=off`.
    pub fn option(self, option: &str) -> Self {
        Self { options: format!("{},{option}", self.options), ..self }
    }

    /// With a second serial line, which nobody listens to.
    pub fn second_serial(self) -> Self {
        Self { serials: vec![HEARD, "null"], ..self }
    }

    /// With a second serial line, the one that is listened to.
    pub fn second_serial_heard(self) -> Self {
        Self { serials: vec!["null", HEARD], ..self }
    }

    /// So many CPUs.
    pub fn cpus(self, cpus: u32) -> Self {
        Self { cpus, ..self }
    }

    /// So much RAM.
    pub fn memory_mib(self, memory_mib: u32) -> Self {
        Self { memory_mib, ..self }
    }

    /// Entered at this level.
    pub fn entry(self, entry: EntryLevel) -> Self {
        Self { entry, ..self }
    }

    /// Time is executed instructions, one nanosecond each, and the counter counts nanoseconds: the same in every run.
    pub fn instructions_as_time(self) -> Self {
        Self { cpu: "cortex-a76,cntfrq=1000000000", ..self }.extra(&["-icount", "shift=0,sleep=off"])
    }

    /// An executed instruction takes a nanosecond, and while all cores wait, time goes by as the host's: for machines with a
    /// disk, which [`Machine::instructions_as_time`] would always find late. QEMU's PMU counts instructions here.
    pub fn instructions_counted(self) -> Self {
        self.extra(&["-icount", "shift=0"])
    }

    /// Handed over without QEMU's own patching.
    pub fn raw(self, raw: Raw) -> Self {
        Self { handover: Handover::Raw(raw), ..self }
    }

    /// More QEMU arguments.
    pub fn extra(mut self, arguments: &[&str]) -> Self {
        self.extra.extend(arguments.iter().map(ToString::to_string));
        self
    }

    /// The tree that QEMU makes for this machine.
    pub fn tree(&self, name: &str) -> Result<Vec<u8>, Failure> {
        let file = paths::scratch(&format!("{name}-tree"))?.join("qemu.dtb");
        let mut command = Command::new(QEMU);
        command.args(self.hardware(&format!(",dumpdtb={}", file.display()))).stdin(Stdio::null());
        let output = command.output().map_err(|error| tool(&error.to_string()))?;
        if !output.status.success() {
            return Err(tool(&String::from_utf8_lossy(&output.stderr)));
        }
        std::fs::read(&file).map_err(|source| Cause::File { path: file, source }.into())
    }

    /// Starts `image` on it; `name` names the transcript and is part of every failure, so give each guest its own.
    pub fn boot(&self, name: &str, image: &Image) -> Result<Guest, Failure> {
        let scratch = paths::scratch(name)?;
        let mut command = Command::new(QEMU);
        command.args(self.hardware(""));
        command.args(["-display", "none", "-monitor", "none", "-chardev", "stdio,id=serial,signal=off"]);
        command.args(self.serials.iter().flat_map(|serial| ["-serial", serial]));
        command.args(self.handover.arguments(&image.path, &scratch)?);
        command.args(&self.extra);
        Guest::start(name, command)
    }

    fn hardware(&self, machine_suffix: &str) -> Vec<String> {
        let level = match self.entry {
            EntryLevel::El1 => "",
            EntryLevel::El2 => ",virtualization=on",
        };
        let machine = match self.model {
            Model::Virt(gic) => {
                let version = if gic == Gic::V2 { 2 } else { 3 };
                format!("virt,gic-version={version},dtb-randomness=off{level}{}{machine_suffix}", self.options)
            }
            Model::Raspi4b => format!("raspi4b{}{machine_suffix}", self.options),
        };
        let (cpus, memory) = (self.cpus.to_string(), format!("{}M", self.memory_mib));
        ["-nodefaults", "-machine", &machine, "-cpu", self.cpu, "-smp", &cpus, "-m", &memory]
            .map(str::to_owned)
            .to_vec()
    }
}

fn tool(what: &str) -> Failure {
    Cause::Tool { program: QEMU.to_owned(), what: what.trim().to_owned() }.into()
}
