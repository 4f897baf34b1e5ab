//! The disks as the shell sees them.

use kernel_core::system::{Disk, DiskError, Storage};

use super::Machine;
#[cfg(driver = "virtio-mmio")]
use super::virtio;

#[cfg(driver = "virtio-mmio")]
impl Storage for Machine<'_> {
    fn disk(&self, index: usize) -> Option<Disk<'_>> {
        virtio::disk(index)
    }

    fn read(&self, disk: usize, first: u64, into: &mut [u8]) -> Result<(), DiskError> {
        virtio::read(disk, first, into)
    }
}

/// Without a driver for disks there is none.
#[cfg(not(driver = "virtio-mmio"))]
impl Storage for Machine<'_> {
    fn disk(&self, _: usize) -> Option<Disk<'_>> {
        None
    }

    fn read(&self, disk: usize, _: u64, _: &mut [u8]) -> Result<(), DiskError> {
        Err(DiskError::NoDisk(disk))
    }
}
