//! The third stage: what can be proven before anything is generated.
//!
//! [`bindings`] has the rules about bindings.

pub mod bindings;
