//! The linker script of an image, from `codegen/templates/link.ld.askama`.

use askama::Template;

/// Where the image is linked: the last 2 GiB of the high half, so that `adrp` and 32-bit offsets reach everything.
const BASE: &str = "0xffff_ffff_8000_0000";

#[derive(Template)]
#[template(path = "link.ld.askama", escape = "none")]
struct Script<'s> {
    boards: &'s str,
    base: &'s str,
}

/// The script for an image of `boards`.
pub fn emit(boards: &[&str]) -> String {
    let base = BASE.replace('_', "");
    let script = Script { boards: &boards.join(", "), base: &base };
    // Rendering into a string fails only where a field's own Display does, and strings' doesn't.
    script.render().unwrap_or_default()
}
