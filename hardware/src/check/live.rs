//! What the check asks of a description of the running machine.
//!
//! [`Live`] is the whole description, [`LiveNode`] one device in it. The flattened device tree implements them in
//! [`super::flattened`]; ACPI can stand behind the same questions.

use crate::board::{Conduit, Hertz, Interrupt, Mpidr, Window};

/// A description of the machine as firmware hands it over; implemented for references, which are passed by value.
pub trait Live<'l>: Copy {
    /// One device, CPU or bus.
    type Node: LiveNode<'l>;

    /// The machine itself; its `compatible` chooses the board table.
    fn root(self) -> Option<Self::Node>;

    /// Every node, each exactly once, in the order of [`LiveNode::index`].
    fn nodes(self) -> impl Iterator<Item = Self::Node>;

    /// The node at exactly `path`. The search starts behind `near`, which makes a walk in the description's own order
    /// cost one comparison a device.
    fn find(self, path: &str, near: Option<Self::Node>) -> Option<Self::Node>;
}

/// A node of a [`Live`] description. What isn't there is `None`; what is there but means nothing is [`Unresolved`].
pub trait LiveNode<'l>: Copy {
    /// The node's number in the description's order; unique.
    fn index(self) -> u32;

    /// The node's own name, `pl011@9000000`.
    fn name(self) -> &'l str;

    /// The `compatible` strings, most specific first.
    fn compatible(self) -> impl Iterator<Item = &'l str>;

    /// Whether `string` is among them.
    fn is_compatible(self, string: &str) -> bool;

    /// Whether the node and all above it are `okay`.
    fn enabled(self) -> bool;

    /// The nth register window, CPU-physical.
    fn window(self, n: u8) -> Result<Option<Window>, Unresolved>;

    /// The nth interrupt line.
    fn interrupt(self, n: u8) -> Result<Option<Interrupt>, Unresolved>;

    /// The rate of the nth clock.
    fn clock(self, n: u8) -> Result<Option<Hertz>, Unresolved>;

    /// How PSCI is called, where this is PSCI's node.
    fn conduit(self) -> Result<Option<Conduit>, Unresolved>;

    /// The affinity, where this is a CPU.
    fn mpidr(self) -> Result<Option<Mpidr>, Unresolved>;

    /// A property's bytes, where the description has properties.
    fn property(self, name: &str) -> Option<&'l [u8]>;
}

/// Why a property that is there gives no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[repr(u8)]
pub enum Unresolved {
    /// A `reg` address that a bus above doesn't forward, or forwards beyond 64 bits.
    #[error("outside every range")]
    OutsideRanges = 1,
    /// A `reg` on a bus that has no CPU addresses at all.
    #[error("no CPU address")]
    BusLocal,
    /// The property's length isn't what its value needs.
    #[error("wrong length")]
    Truncated,
    /// A cell count of 0 or above 4 where a value is needed.
    #[error("unusable cell count")]
    Cells,
    /// A reference to a node that isn't there.
    #[error("dangling reference")]
    Dangling,
    /// A bus, controller or clock that the value depends on lacks a property.
    #[error("incomplete description")]
    Incomplete,
    /// No controller takes the interrupt.
    #[error("no interrupt controller")]
    Parent,
    /// An interrupt that isn't a line of the GIC.
    #[error("no line of the GIC")]
    Specifier,
    /// A clock whose rate the description doesn't say.
    #[error("no fixed rate")]
    Clock,
    /// A value that the property can't have.
    #[error("unknown value")]
    Unknown,
}
