//! Text for people and for tools: aligned tables, values in their units, JSON.

mod json;
mod table;
mod units;

pub use json::Json;
pub use table::{Align, Rows, table};
pub use units::{Address, Bytes, Nanoseconds, PerMille};
