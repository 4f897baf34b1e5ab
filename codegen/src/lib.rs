//! Board files and device trees in, typed tables out: parse → model → check → emit, one folder a stage.
//!
//! [`image`] is what the kernel's build script asks for, [`registers`] what the drivers' does, [`board()`] what commands
//! and tests do. Nothing here touches a network or writes a file: callers do that with what they get back. What is wrong
//! with an input comes back as [`findings::Findings`].
#![forbid(unsafe_code)]
#![cfg_attr(feature = "strict", deny(warnings))]

pub mod check;
#[cfg(feature = "cli")]
pub mod diff;
#[cfg(feature = "cli")]
pub mod draft;
pub mod emit;
pub mod findings;
mod generate;
mod kinds;
#[cfg(feature = "cli")]
pub mod learn;
pub mod model;
#[cfg(feature = "cli")]
pub mod outline;
pub mod parse;
#[cfg(feature = "cli")]
pub mod report;
#[cfg(feature = "cli")]
pub mod svd;
#[cfg(feature = "cli")]
pub mod verify;
#[cfg(feature = "cli")]
pub mod visible;

#[cfg(feature = "cli")]
pub use generate::report;
pub use generate::{Cfg, Generated, Image, Profile, board, boards, image, image_for, presets, registers};
