//! The disk that reads are measured on.

use std::fs;
use std::path::PathBuf;

use tests::{Cause, Failure, Machine, paths};

/// Each read of a run finds bytes that it hasn't read before.
const MIB: usize = 64;

/// A file full of numbers, so that the host has its blocks and finds them in its cache.
pub(crate) struct Disk {
    file: PathBuf,
}

impl Disk {
    /// Writes it into the scratch folder of `name`.
    pub(crate) fn make(name: &str) -> Result<Self, Failure> {
        let file = paths::scratch(name)?.join("disk.img");
        let words = (0..(MIB << 20) as u32 / 4).map(|word| word.wrapping_mul(0x9e37_79b9));
        let bytes: Vec<u8> = words.flat_map(u32::to_le_bytes).collect();
        fs::write(&file, bytes).map_err(|source| Cause::File { path: file.clone(), source })?;
        Ok(Self { file })
    }

    /// A machine with one CPU and this disk, which several may have at a time.
    pub(crate) fn in_a_machine(&self) -> Machine {
        let file = self.file.display();
        let node = format!("driver=raw,node-name=disk,read-only=on,file.driver=file,file.filename={file}");
        let disk = ["-blockdev", &node, "-device", "virtio-blk-device,drive=disk"];
        Machine::virt().extra(&["-global", "virtio-mmio.force-legacy=false"]).extra(&disk)
    }
}
