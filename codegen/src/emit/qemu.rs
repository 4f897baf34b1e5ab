//! The QEMU command line that shows a board.

use crate::parse::board as written;

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
}

impl Qemu {
    /// From the board file's `[qemu]`.
    pub fn new(qemu: &written::Qemu) -> Self {
        Self {
            machine: qemu.machine.clone(),
            cpu: qemu.cpu.clone(),
            smp: *qemu.smp.get_ref(),
            memory: qemu.memory.get_ref().0,
        }
    }

    /// Machine, CPUs and memory; what is plugged in and which image runs is the caller's.
    pub fn arguments(&self) -> Vec<String> {
        let smp = self.smp.to_string();
        let memory = written::Bytes(self.memory).to_string();
        ["-machine", &self.machine, "-cpu", &self.cpu, "-smp", &smp, "-m", &memory].map(str::to_owned).to_vec()
    }
}
