//! Text for people and for tools: aligned tables, values in their units, JSON.

mod chain;
mod json;
mod shown;
mod table;
mod units;

pub use chain::{Causes, Chain, Tell};
pub use json::Json;
pub use shown::Shown;
pub use table::{Align, Rows, table};
pub use units::{Address, Bytes, Nanoseconds, PerMille};
