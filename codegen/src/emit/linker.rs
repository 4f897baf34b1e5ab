//! The linker script of an image, from `codegen/templates/link.ld.askama`.
//!
//! Beside the layout it has the ELF say which boards it is for, in a section that no boot loads: programs that are given
//! an ELF ask it, and don't have to be told.

use askama::Template;

use crate::model::board::Board;

/// Where the image is linked: the last 2 GiB of the high half, so that `adrp` and 32-bit offsets reach everything.
const BASE: &str = "0xffff_ffff_8000_0000";

/// The ELF section that lists the image's board files, relative to the project's root, each ended by a NUL.
pub const BOARDS_SECTION: &str = ".keel.boards";

#[derive(Template)]
#[template(path = "link.ld.askama", escape = "none")]
struct Script<'s> {
    boards: &'s str,
    base: &'s str,
    section: &'s str,
    files: Vec<File<'s>>,
}

/// A board, and the bytes of its file's path as the linker takes them.
struct File<'s> {
    board: &'s str,
    bytes: String,
}

/// The script for an image of `boards`.
pub fn emit(boards: &[Board]) -> String {
    let names: Vec<&str> = boards.iter().map(|board| board.name.as_str()).collect();
    let base = BASE.replace('_', "");
    let files = boards.iter().map(File::new).collect();
    let script = Script { boards: &names.join(", "), base: &base, section: BOARDS_SECTION, files };
    // Rendering into a string fails only where a field's own Display does, and strings' doesn't.
    script.render().unwrap_or_default()
}

impl<'s> File<'s> {
    fn new(board: &'s Board) -> Self {
        let bytes = board.source.path.bytes().chain([0]).map(|byte| format!("BYTE({byte})"));
        Self { board: &board.name, bytes: bytes.collect::<Vec<_>>().join(" ") }
    }
}
