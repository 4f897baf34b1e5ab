//! How people reach a board: what `[lab]` says.

use serde::Serialize;

use crate::parse::board::Lab;

/// A key of `[lab]`.
#[derive(Debug, Clone, Serialize)]
pub struct Hint {
    /// The key, for people: `serial`, `power on`.
    pub what: &'static str,
    /// Its value.
    pub how: String,
}

/// What is said, in the order in which one needs it.
pub(super) fn hints(lab: Option<&Lab>) -> Vec<Hint> {
    let Some(Lab { serial, baud, power_on, power_off, boot_folder, notes }) = lab else { return Vec::new() };
    let baud = baud.map(|baud| baud.to_string());
    let hints = [
        ("serial", serial),
        ("baud", &baud),
        ("power on", power_on),
        ("power off", power_off),
        ("boot folder", boot_folder),
        ("notes", notes),
    ];
    hints.into_iter().filter_map(|(what, how)| Some(Hint { what, how: how.clone()? })).collect()
}
