//! The reference tree is this board's: its root has one of the board's `compatible` strings.

use crate::findings::{Finding, Findings, Place, code};
use crate::model::board::{Board, Inputs};
use crate::parse::nearest;

pub(super) fn check(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    let root = inputs.tree.root();
    if root.compatible().any(|string| board.compatible.iter().any(|ours| ours == string)) {
        return;
    }
    let place = Place::text(inputs.source, inputs.file.board.compatible.span());
    let message = format!("`{}` is another machine's tree", board.tree);
    let finding = Finding::error(code::FOREIGN_TREE, message, place, "none of these is in the tree's root")
        .with(inputs.blob.place(root, "compatible"), "the root of the tree");
    let meant = board.compatible.iter().find_map(|ours| nearest(ours, root.compatible()));
    findings.push(match meant {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding.help("name the right tree, or add the root's string"),
    });
}
