//! The instruction set seam: the only place that asks which one it is.

#[cfg(target_arch = "aarch64")]
mod aarch64;

#[cfg(target_arch = "aarch64")]
pub use aarch64::*;

#[cfg(not(target_arch = "aarch64"))]
compile_error!("keel runs on aarch64; build for aarch64-unknown-none-softfloat");
