//! The QEMU command line that shows a board.

use crate::model::board::Board;
use crate::parse::board::{self as written, HandedOver};

/// How QEMU shows a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qemu {
    /// `-machine`
    pub machine: String,
    /// `-cpu`
    pub cpu: String,
    /// `-smp`
    pub smp: u32,
    /// `-m`, in bytes.
    pub memory: u64,
    /// `-dtb`, relative to the project's root, for a machine that QEMU makes no tree for.
    pub tree: Option<String>,
}

impl Qemu {
    /// From the board file's `[qemu]`; `None` where it has none.
    pub fn new(board: &Board) -> Option<Self> {
        let qemu = board.qemu.as_ref()?;
        let tree = (qemu.tree == HandedOver::Reference).then(|| board.tree.to_string());
        Some(Self {
            tree,
            machine: qemu.machine.clone(),
            cpu: qemu.cpu.clone(),
            smp: *qemu.smp.get_ref(),
            memory: qemu.memory.get_ref().0,
        })
    }

    /// Machine, CPUs and memory; the tree, what is plugged in and which image runs is the caller's.
    pub fn arguments(&self) -> Vec<String> {
        let smp = self.smp.to_string();
        let memory = written::Bytes(self.memory).to_string();
        ["-machine", &self.machine, "-cpu", &self.cpu, "-smp", &smp, "-m", &memory].map(str::to_owned).to_vec()
    }
}
