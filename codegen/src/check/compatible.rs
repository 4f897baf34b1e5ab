//! The reference tree is this board's: its root has one of the board's `compatible` strings, of which there should be one.

use crate::findings::{Finding, Findings, Place, code};
use crate::model::board::{Board, Inputs};
use crate::parse::nearest;

/// What the kernel does about it.
const TAKEN: &str =
    "such a board is taken where the live tree's root has no `compatible`, and every fact is held against that tree";

pub(super) fn check(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    let root = inputs.tree.root();
    if board.compatible.is_empty() {
        let place = Place::text(inputs.source, inputs.file.board.compatible.span());
        let message = match root.compatible().next() {
            Some(_) => format!("no live tree like this one can be told to be `{}`", board.name),
            None => format!("any machine that doesn't say what it is could be `{}`", board.name),
        };
        let finding = Finding::warning(code::NO_ROOT_COMPATIBLE, message, place, "no string to know it by");
        let finding = finding.with(inputs.blob.place(root, "compatible"), "the root of the tree").note(TAKEN);
        findings.push(match root.compatible().next() {
            Some(first) => finding.help(format!("the tree's root has {first:?}")),
            None => finding.help("give the tree's root a `compatible`, where the tree is made"),
        });
        return;
    }
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
