//! Boards that share an image can be told apart by the live tree's root, and run on the image's target.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::findings::{Finding, Findings, Place, Source, code};
use crate::parse::board::File;

/// Holds the board files of one image for `target` against each other.
pub fn image(boards: &[(&Arc<Source>, &File)], target: &str, findings: &mut Findings) {
    let mut owners: BTreeMap<&str, Place> = BTreeMap::new();
    for (source, file) in boards {
        arch(source, file, target, findings);
        for string in file.board.compatible.get_ref() {
            let place = Place::text(source, string.span());
            if let Some(first) = owners.insert(string.get_ref(), place.clone()) {
                let message = format!("two boards of this image are `{}`", string.get_ref());
                let finding = Finding::error(code::AMBIGUOUS_BOARDS, message, place, "this one");
                findings.push(finding.with(first, "and this one").help("build them as two images"));
            }
        }
    }
}

fn arch(source: &Arc<Source>, file: &File, target: &str, findings: &mut Findings) {
    let arch = &file.board.arch;
    // One that Keel doesn't know at all is another finding.
    if arch.get_ref() == target || !super::arch::KNOWN.contains(&arch.get_ref().as_str()) {
        return;
    }
    let place = Place::text(source, arch.span());
    let message =
        format!("`{}` is a board for {}, but this build is for {target}", file.board.name.get_ref(), arch.get_ref());
    let finding = Finding::error(code::WRONG_ARCH, message, place, "");
    findings.push(finding.help("build it for the board's instruction set: --target, or `cargo xtask`"));
}
