//! The disks as the shell sees them.

use kernel_core::system::{Disk, DiskError, Storage};

use super::Machine;
#[cfg(driver = "virtio-mmio")]
use super::virtio;

#[cfg(driver = "virtio-mmio")]
pub use virtio::{disk, read};

impl Storage for Machine<'_> {
    fn disk(&self, index: usize) -> Option<Disk<'_>> {
        disk(index)
    }

    fn read(&self, disk: usize, first: u64, into: &mut [u8]) -> Result<(), DiskError> {
        read(disk, first, into)
    }
}

/// Without a driver for disks there is none.
#[cfg(not(driver = "virtio-mmio"))]
pub fn disk(_: usize) -> Option<Disk<'static>> {
    None
}

/// Without a driver for disks there is none.
#[cfg(not(driver = "virtio-mmio"))]
pub fn read(disk: usize, _: u64, _: &mut [u8]) -> Result<(), DiskError> {
    Err(DiskError::NoDisk(disk))
}
