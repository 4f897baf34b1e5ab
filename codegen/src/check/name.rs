//! A board is called as its file is: features, commands and findings all go by the file's name.

use crate::findings::{Finding, Findings, Place, code};
use crate::model::board::{Board, Inputs};

pub(super) fn check(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    let file = inputs.source.path.rsplit('/').next().unwrap_or_default();
    let stem = file.strip_suffix(".toml").unwrap_or(file);
    if stem == board.name {
        return;
    }
    let place = Place::text(inputs.source, inputs.file.board.name.span());
    let message = format!("the board is called `{}`, its file `{file}`", board.name);
    let finding = Finding::error(code::BOARD_NAME, message, place, "not the file's name");
    findings.push(finding.help(format!("write `name = \"{stem}\"` or rename the file")));
}
