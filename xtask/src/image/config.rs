//! The configuration that a board's firmware wants beside the kernel.

use std::fs;
use std::path::{Path, PathBuf};

use codegen::emit::firmware::{CONFIG, config_txt};

use crate::failure::Failure;
use crate::workspace;

/// Writes `BOARD/config.txt` in `folder` for each of `boards` whose firmware is configured.
pub(super) fn write(boards: &[&str], folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut written = Vec::new();
    for board in boards {
        let made = codegen::board(&workspace::root(), board);
        let board_of = made.map_err(|findings| Failure::Board(findings.render()))?.board;
        let Some(text) = config_txt(&board_of) else { continue };
        let folder = folder.join(super::name(board));
        fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
        let path = folder.join(CONFIG);
        fs::write(&path, text).map_err(Failure::file(&path))?;
        written.push(path);
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_board_with_firmware_has_a_file() {
        let folder = workspace::target().join(format!("config-test-{}", std::process::id()));
        let written = write(&["qemu-virt", "rpi5"], &folder).unwrap();
        assert_eq!(written, [folder.join("rpi5").join(CONFIG)]);
        let text = fs::read_to_string(&written[0]).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert!(text.lines().any(|line| line == "pciex4_reset=0"), "{text}");
    }
}
