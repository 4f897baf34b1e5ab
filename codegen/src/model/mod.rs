//! The second stage: what the files mean.
//!
//! [`device`] has the bindings, [`board`] what they make of a board file and its reference tree.

pub mod board;
pub mod device;
