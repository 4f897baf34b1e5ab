//! Device rows.

use super::{Claim, Conduit, Hertz, Interrupt, Window};

/// One device of the reference tree that a binding knows.
#[derive(Debug)]
pub struct Device {
    /// The device's short name: its alias, else its node name, else its path; unique in the board.
    pub name: &'static str,
    /// Node path in the reference tree.
    pub path: &'static str,
    /// The binding, `pl011`: `schemas/devices/pl011.toml`.
    pub binding: &'static str,
    /// The `compatible` string by which the binding was found.
    pub compatible: &'static str,
    /// What it is for.
    pub class: Class,
    /// Who drives it; `None` where the binding only names and checks it.
    pub driver: Option<Driver>,
    /// Who would drive it, had the board's preset not left that driver out.
    pub left_out: Option<Driver>,
    /// When it starts.
    pub stage: Stage,
    /// The fact that the node is there, enabled and compatible.
    pub present: Claim<&'static str>,
    /// Register windows, in `reg` order.
    pub windows: &'static [Claim<Window>],
    /// Interrupt lines, in specifier order.
    pub interrupts: &'static [Claim<Interrupt>],
    /// Clock rates, in `clocks` order.
    pub clocks: &'static [Claim<Hertz>],
    /// PSCI's conduit; `None` for every other device.
    pub conduit: Option<Claim<Conduit>>,
}

/// What a device is for; chooses its line of the summary and its default policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Takes and gives text.
    Console,
    /// Delivers interrupts to CPUs.
    InterruptController,
    /// Interrupts at a deadline.
    Timer,
    /// Switches off, resets, starts CPUs.
    Power,
    /// Knows the time of day.
    Rtc,
    /// A PCI Express host.
    Pcie,
    /// A virtio transport.
    Virtio,
    /// Lines that software drives and reads.
    Gpio,
    /// Memory that outlives power.
    Flash,
    /// Talks to the firmware.
    Firmware,
    /// Says a rate.
    Clock,
    /// Counts what the CPU does.
    Pmu,
    /// Reads and writes blocks.
    Storage,
    /// Resets the machine unless it hears from it.
    Watchdog,
    /// Passes messages to another processor.
    Mailbox,
    /// Makes random numbers.
    Rng,
    /// Shows pixels.
    Display,
    /// Translates what devices access.
    Iommu,
    /// Keeps memory close to CPUs.
    Cache,
    /// Anything else.
    Other,
}

/// The drivers there are. A binding that names one that isn't here doesn't compile, nor does a kernel that
/// doesn't construct one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// ARM PrimeCell UART, DDI 0183G.
    Pl011,
    /// Generic Interrupt Controller v2, IHI 0048.
    GicV2,
    /// Generic Interrupt Controller v3, IHI 0069.
    GicV3,
    /// Armv8-A generic timer, DDI 0487 D12.
    ArmTimer,
    /// Power State Coordination Interface, DEN 0022.
    Psci,
    /// ARM PrimeCell real-time clock, DDI 0224C.
    Pl031,
    /// A slot for a virtio device, virtio 1.2, 4.2.
    VirtioMmio,
}

impl Driver {
    /// As bindings and presets spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pl011 => "pl011",
            Self::GicV2 => "gicv2",
            Self::GicV3 => "gicv3",
            Self::ArmTimer => "arm-timer",
            Self::Psci => "psci",
            Self::Pl031 => "pl031",
            Self::VirtioMmio => "virtio-mmio",
        }
    }
}

/// Init stages in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Interrupt controllers.
    Interrupts,
    /// Timers and clocks.
    Time,
    /// Consoles (transmit works before; this stage adds interrupts).
    Console,
    /// Power, reset, real-time clock.
    System,
    /// Everything else.
    Device,
}
