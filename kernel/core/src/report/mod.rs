//! What commands and files both tell: the kernel's state as lines for people, and the ledger as JSON lines.

mod facts;
mod interrupts;
mod log;
mod memory;
mod uptime;

pub(crate) use facts::{OriginOf, facts_json};
pub(crate) use interrupts::interrupts;
pub(crate) use log::log;
pub(crate) use memory::memory;
pub(crate) use uptime::uptime;
