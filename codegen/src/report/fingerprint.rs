//! A board's meaning in 128 bits: two boards with one fingerprint claim the same of the hardware and treat it alike.
//!
//! What only people read isn't in it: summaries, reasons, where a value stands. Nor is what the live tree alone decides,
//! such as where RAM is.

use std::fmt::Write;

use hardware::board::{Driver, Value};
use sha2::{Digest, Sha256};

use super::{Fix, Variant, text};
use crate::model::board::{Board, Fact, FactValue};

/// The first 32 digits of the SHA-256 of the meaning.
pub(super) fn of(board: &Board, fixes: &[Fix], variants: &[Variant]) -> String {
    short(&meaning(board, fixes, variants))
}

/// The fingerprint of a board together with its kinds: a kind's own tree may say what the board file doesn't.
pub(super) fn beside(board: &str, kinds: &[Variant]) -> String {
    if kinds.is_empty() {
        return board.to_owned();
    }
    let kinds = kinds.iter().map(|kind| format!("variant {:?} {:?}", kind.name, kind.differs));
    short(&std::iter::once(board.to_owned()).chain(kinds).collect::<Vec<_>>().join("\n"))
}

fn short(meaning: &str) -> String {
    let digest = Sha256::digest(meaning.as_bytes());
    digest.iter().take(16).fold(String::new(), |mut digits, byte| {
        // Writing into a String can't fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// One statement a line, each text quoted, so that no two meanings look alike.
fn meaning(board: &Board, fixes: &[Fix], variants: &[Variant]) -> String {
    let names = |indices: &[usize]| -> Vec<&str> { indices.iter().map(|&i| board.devices[i].name.as_str()).collect() };
    let mut lines = vec![
        format!("compatible {:?}", board.compatible),
        format!("console {:?} {:?}", names(&board.console), board.baud),
        format!("memory {} {:?}", board.least_memory, board.without_tree),
        format!("commands {:?}", board.preset.commands.chosen().collect::<Vec<_>>()),
        format!("features {:?}", board.preset.features.chosen().collect::<Vec<_>>()),
        format!("order {:?}", names(&board.order)),
    ];
    lines.extend(board.devices.iter().map(|device| {
        let (class, stage) = (text::kebab(&device.class), text::kebab(&device.stage));
        let driver = device.driver.map(Driver::name);
        format!("device {:?} {:?} {:?} {class} {stage} {driver:?}", device.name, device.path, device.binding_name)
    }));
    lines.extend(board.facts.iter().map(|fact| self::fact(board, fact)));
    lines.extend(fixes.iter().map(|fix| format!("fix {:?} {:?} {:?}", fix.node, fix.property, fix.value)));
    lines.extend(
        variants.iter().map(|it| format!("variant {:?} {:?} {:?} {:?}", it.name, it.tree, it.evidence, it.overrides)),
    );
    lines.join("\n")
}

fn fact(board: &Board, fact: &Fact) -> String {
    format!("fact {:?} {} {}", fact.name, value(board, fact), fact.policy)
}

/// What is claimed.
pub(super) fn value(board: &Board, fact: &Fact) -> String {
    match fact.value {
        FactValue::Compatible => format!("{:?}", fact.device.map_or("", |device| &board.devices[device].compatible)),
        FactValue::Plain(Value::Interrupt(line)) => format!("{line:#}"),
        FactValue::Plain(value) => value.to_string(),
    }
}
