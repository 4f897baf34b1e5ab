//! What more than one place tells: commands, files and the boot itself; lines for people, and the ledger as JSON lines.

mod cores;
mod facts;
mod interrupts;
mod log;
mod memory;
mod raw;
mod threads;
mod tree;
mod uptime;

pub(crate) use cores::{cores, counts};
pub use facts::facts;
pub(crate) use facts::facts_json;
pub(crate) use interrupts::interrupts;
pub(crate) use log::log;
pub(crate) use memory::{mappings, memory};
pub(crate) use raw::Raw;
pub(crate) use threads::{deadlines, threads};
pub use tree::tree;
pub(crate) use uptime::uptime;
