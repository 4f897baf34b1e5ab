//! Board files and device trees in, typed tables out: parse → model → check → emit, one folder a stage.
//!
//! Nothing here touches a network or writes a file: build scripts and commands do that with what they get back. What is
//! wrong with an input comes back as [`findings::Findings`].
#![forbid(unsafe_code)]
#![cfg_attr(feature = "strict", deny(warnings))]

pub mod check;
pub mod findings;
pub mod model;
pub mod parse;
