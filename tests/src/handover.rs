//! How the image and its tree reach the guest's memory.

use std::fs;
use std::path::Path;

use crate::failure::{Cause, Failure};
use crate::hypervisor::{self, Keeps};

/// RAM's first address on QEMU's `virt` (hw/arm/virt.c, `base_memmap`).
const RAM: u64 = 0x4000_0000;
/// Behind the 1 MiB that QEMU fills with its own tree when it boots no kernel.
const TRAMPOLINE: u64 = RAM + 0x10_0000;
/// Behind the trampoline.
const HYPERVISOR: u64 = TRAMPOLINE + 0x1000;

/// How the image and its tree get into memory, and what x0 is at entry.
#[derive(Debug, Clone)]
pub enum Handover {
    /// QEMU's own arm64 boot protocol: image 2 MiB into RAM, x0 = the tree that QEMU makes.
    Kernel,
    /// The same with this tree, which QEMU edits.
    KernelWithTree(Vec<u8>),
    /// Bytes at addresses, untouched by QEMU.
    Raw(Raw),
}

/// A hand-over that QEMU has no part in.
#[derive(Debug, Clone)]
pub struct Raw {
    /// What x0 points at; `None`: x0 = 0.
    pub tree: Option<Vec<u8>>,
    /// Where the tree lies; 8-byte aligned is what the boot protocol promises.
    pub tree_at: u64,
    /// Where the image lies; a multiple of 2 MiB, at least 2 MiB into RAM.
    pub image_at: u64,
    /// Whether something stays at EL2 and keeps all interrupts.
    pub hypervisor: Option<Keeps>,
    /// What firmware says of the counter's rate.
    pub rate: Rate,
}

/// CNTFRQ_EL0 at entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// QEMU's.
    Right,
    /// 0, as firmware leaves it that doesn't set it.
    Zero,
}

impl Raw {
    /// The usual places, with these bytes as the tree.
    pub fn with_tree(tree: Vec<u8>) -> Self {
        Self { tree: Some(tree), ..Self::without_tree() }
    }

    /// The usual places, x0 = 0.
    pub fn without_tree() -> Self {
        Self { tree: None, tree_at: RAM + 0x400_0000, image_at: RAM + 0x20_0000, hypervisor: None, rate: Rate::Right }
    }

    /// The image at another address.
    pub fn image_at(self, image_at: u64) -> Self {
        Self { image_at, ..self }
    }

    /// The tree at another address.
    pub fn tree_at(self, tree_at: u64) -> Self {
        Self { tree_at, ..self }
    }

    /// The image at EL1, under something at EL2 that keeps all interrupts.
    pub fn under_hypervisor(self, keeps: Keeps) -> Self {
        Self { hypervisor: Some(keeps), ..self }
    }

    /// Firmware hasn't set CNTFRQ_EL0.
    pub fn without_rate(self) -> Self {
        Self { rate: Rate::Zero, ..self }
    }

    /// What CPU 0 executes first: say what the counter's rate is, load x0, the image's entry and a branch target from the words behind the code, branch.
    fn trampoline(&self) -> Vec<u8> {
        let tree = if self.tree.is_some() { self.tree_at } else { 0 };
        let first = if self.hypervisor.is_some() { HYPERVISOR } else { self.image_at };
        let rate = match self.rate {
            Rate::Right => 0xd503_201f, // nop
            // Writable at the highest level, where the machine starts (DDI 0487, D19.12.7).
            Rate::Zero => 0xd51b_e01f, // msr cntfrq_el0, xzr
        };
        let code: [u32; 6] = [
            rate,
            0xd503_201f, // nop: what follows the code stays aligned
            0x5800_0080, // ldr x0, .+16
            0x5800_00b0, // ldr x16, .+20
            0x5800_00d1, // ldr x17, .+24
            0xd61f_0220, // br x17
        ];
        let code = code.iter().flat_map(|word| word.to_le_bytes());
        code.chain([tree, self.image_at, first].into_iter().flat_map(u64::to_le_bytes)).collect()
    }

    /// Writes the files that QEMU's generic loader takes and gives back its arguments.
    fn arguments(&self, image: &Path, scratch: &Path) -> Result<Vec<String>, Failure> {
        let load = |file: &Path, at: u64| format!("loader,file={},addr={at:#x},force-raw=on", file.display());
        let mut devices = vec![load(image, self.image_at)];
        if let Some(tree) = &self.tree {
            let file = scratch.join("live.dtb");
            write(&file, tree)?;
            devices.push(load(&file, self.tree_at));
        }
        if let Some(keeps) = self.hypervisor {
            let file = scratch.join("hypervisor.bin");
            write(&file, &hypervisor::program(keeps))?;
            devices.push(load(&file, HYPERVISOR));
        }
        let file = scratch.join("trampoline.bin");
        write(&file, &self.trampoline())?;
        devices.push(format!("{},cpu-num=0", load(&file, TRAMPOLINE)));
        Ok(devices.into_iter().flat_map(|device| ["-device".to_owned(), device]).collect())
    }
}

impl Handover {
    /// QEMU's arguments for it.
    pub(crate) fn arguments(&self, image: &Path, scratch: &Path) -> Result<Vec<String>, Failure> {
        match self {
            Self::Kernel => Ok(vec!["-kernel".to_owned(), image.display().to_string()]),
            Self::KernelWithTree(tree) => {
                let file = scratch.join("given.dtb");
                write(&file, tree)?;
                let given = ["-dtb".to_owned(), file.display().to_string()];
                Ok(Self::Kernel.arguments(image, scratch)?.into_iter().chain(given).collect())
            }
            Self::Raw(raw) => raw.arguments(image, scratch),
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|source| Cause::File { path: path.to_path_buf(), source }.into())
}
