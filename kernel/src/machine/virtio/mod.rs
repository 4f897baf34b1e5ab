//! virtio over MMIO: virtio-drivers' transports and queues on our windows, memory and interrupts.
//!
//! A slot of the board may be empty, or hold a device that nothing here drives; both are told, neither is a fault.

mod blk;
mod hal;
mod queue;

use core::ptr::NonNull;

use virtio_drivers::transport::mmio::{MmioError, MmioTransport, VirtIOHeader};
use virtio_drivers::transport::{DeviceType, DeviceTypeError, Transport as _};

use drivers::mmio::Bus as _;
use hardware::board::{Device, Interrupt};
use hardware::check::Checked;
use hardware::tree::Tree;

use crate::arch::mmio::Window;

pub use blk::{disk, read};

/// What a slot turned out to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// No device.
    Empty,
    /// A device that runs now.
    Started,
    /// A device without a driver: its virtio device type (virtio 1.2, 5).
    NoDriver(u32),
}

/// Why a virtio device wasn't started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VirtioError {
    /// MagicValue isn't `virt`.
    #[error("no virtio transport: MagicValue is {0:#010x}")]
    Magic(u32),
    /// Version is neither 1 nor 2.
    #[error("virtio transport of version {0}")]
    Version(u32),
    /// The window is too small.
    #[error("the window is smaller than a virtio transport")]
    Small,
    /// The device, or virtio-drivers, gave up.
    #[error("the device can't be started: {0}")]
    Device(virtio_drivers::Error),
    /// It takes none of the features that every driver has to ask for.
    #[error("the device refuses what it offered")]
    Features,
    /// It has a number of blocks that changes whenever it is read.
    #[error("the device's configuration never stands still")]
    Unsteady,
    /// Its memory can't be reached like the others'.
    #[error("its dma-ranges or coherence differ from another virtio device's")]
    Mixed,
    /// Its `dma-ranges` can't be worked out, or are more than anybody has seen.
    #[error("its bus' dma-ranges make no sense")]
    Reach,
    /// There is no thread for what its handler puts off.
    #[error(transparent)]
    Worker(#[from] crate::sched::SpawnError),
    /// No more have a place.
    #[error("more disks than the kernel has places for")]
    TooMany,
    /// Its line.
    #[error(transparent)]
    Line(#[from] super::irq::LineError),
}

impl From<virtio_drivers::Error> for VirtioError {
    fn from(error: virtio_drivers::Error) -> Self {
        Self::Device(error)
    }
}

/// Starts what is in the slot behind `window`, with `line` for its interrupts.
pub fn start(
    device: &'static Device,
    window: Window,
    line: Checked<Interrupt>,
    tree: Option<&Tree<'_>>,
) -> Result<Slot, VirtioError> {
    let Some(header) = NonNull::new(window.base().as_ptr().cast::<VirtIOHeader>()) else { return Ok(Slot::Empty) };
    // SAFETY: the window is mapped as device memory for good, `size` bytes long and aligned to 8, and this function owns it
    // and never uses it but through the transport.
    let transport = match unsafe { MmioTransport::new(header, window.size()) } {
        Ok(transport) => transport,
        Err(error) => return not_a_device(error),
    };
    match transport.device_type() {
        DeviceType::Block => blk::start(device, transport, line, tree).map(|()| Slot::Started),
        other => Ok(Slot::NoDriver(other as u32)),
    }
}

fn not_a_device(error: MmioError) -> Result<Slot, VirtioError> {
    match error {
        // An empty slot's DeviceID is 0 (virtio 1.2, 4.2.2).
        MmioError::InvalidDeviceID(DeviceTypeError::InvalidDeviceType(0)) => Ok(Slot::Empty),
        MmioError::InvalidDeviceID(DeviceTypeError::InvalidDeviceType(other)) => Ok(Slot::NoDriver(other)),
        MmioError::BadMagic(found) => Err(VirtioError::Magic(found)),
        MmioError::UnsupportedVersion(found) => Err(VirtioError::Version(found)),
        MmioError::MmioRegionTooSmall => Err(VirtioError::Small),
    }
}
