//! A report for other tools.

use super::Report;

impl Report {
    /// One JSON object of the shape that `docs/boards/README.md` lists.
    pub fn json(&self) -> String {
        // Only maps with keys that aren't text can fail, and there are none.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}
