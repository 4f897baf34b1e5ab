//! The first stage: files become values that remember where they stand.
//!
//! [`mod@file`] reads with a limit, [`toml`] turns a TOML text into any type that serde knows and collects everything that
//! doesn't fit; [`board`], [`device`] and [`preset`] are the types. [`tree`] opens the reference tree. What the values mean
//! is the next stage's matter.

pub mod board;
pub mod device;
pub mod file;
pub mod home;
pub mod inherit;
mod nearest;
pub mod preset;
#[cfg(feature = "cli")]
pub mod schema;
pub mod toml;
pub mod tree;

pub use nearest::{nearest, suggest};
