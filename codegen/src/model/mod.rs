//! The second stage: what the files mean.
//!
//! [`device`] has the bindings.

pub mod device;
