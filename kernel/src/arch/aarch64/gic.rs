//! What a GIC's driver needs of the core: `gicv2` and `gicv3` implement the drivers' traits for [`Core`].

/// The core that runs.
#[derive(Debug, Clone, Copy)]
pub struct Core;
