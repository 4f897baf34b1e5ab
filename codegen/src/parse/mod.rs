//! The first stage: files become values that remember where they stand.
//!
//! [`file`] reads with a limit, [`toml`] turns a TOML text into any type that serde knows and collects everything that
//! doesn't fit. What the values mean is the next stage's matter.

pub mod device;
pub mod file;
mod nearest;
pub mod toml;

pub use nearest::nearest;
