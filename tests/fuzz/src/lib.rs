//! What the fuzz targets share; docs/guides/fuzzing.md says how they are run.
#![forbid(unsafe_code)]

#[path = "../../src/ask.rs"]
pub mod ask;
pub mod project;
