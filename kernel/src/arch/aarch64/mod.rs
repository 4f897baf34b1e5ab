//! AArch64: entry, translation regime, exceptions, the core's own registers.

pub mod backtrace;
pub mod beacon;
#[cfg_attr(not(driver = "virtio-mmio"), allow(dead_code, reason = "what only memory for devices needs"))]
pub mod cache;
pub mod context;
pub mod counter;
pub mod cpu;
pub mod esr;
pub mod exception;
pub mod gic;
pub mod layout;
pub mod mmio;
pub mod mmu;
pub mod per_cpu;
#[cfg(all(command = "bench", driver = "virtio-mmio"))]
pub mod pmu;
pub mod probe;
pub mod secondary;
pub mod timer;

#[cfg(driver = "gicv2")]
mod gicv2;
#[cfg(driver = "gicv3")]
mod gicv3;
mod head;
mod memory;
