//! `[firmware]` is a `config.txt` that the firmware can read.

use std::sync::Arc;

use crate::findings::{Finding, Findings, Place, Source, code};
use crate::parse::board::File;

/// The longest line that the firmware reads (Raspberry Pi documentation, "config.txt", File format).
const LONGEST: usize = 98;

/// Holds the keys and values to the file's format.
pub fn firmware(source: &Arc<Source>, file: &File, findings: &mut Findings) {
    for (key, setting) in &file.firmware {
        let name = key.get_ref();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':');
        if name.is_empty() || !name.bytes().all(plain) {
            let place = Place::text(source, key.span());
            let message = format!("`{name}` is no key of config.txt");
            findings.push(Finding::error(
                code::INVALID_VALUE,
                message,
                place,
                "letters, digits, `_`, `-`, `.` and `:`",
            ));
        }
        for value in &setting.get_ref().0 {
            let length = name.len() + 1 + value.len();
            if length > LONGEST {
                let place = Place::text(source, setting.span());
                let message = format!("the firmware cuts a line after {LONGEST} characters");
                findings.push(Finding::error(code::INVALID_VALUE, message, place, format!("a line of {length}")));
            }
        }
    }
}
