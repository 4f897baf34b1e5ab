//! The log's complaints, for people who have no shell yet.

use core::fmt::Write;

use kernel_core::log::{Cursor, Level, Log};

/// Prints every warning and error so far.
pub fn print(log: &dyn Log, out: &mut dyn Write) {
    let mut cursor = Cursor::default();
    while let Some(record) = log.next(&mut cursor) {
        if record.level <= Level::Warn {
            // The console's writer has no errors.
            let _ = writeln!(out, "  {}: {}", record.level.name(), record.text);
        }
    }
}
