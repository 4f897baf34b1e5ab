//! The look-ups with `hardware::tree`.

use hardware::board::InterruptType;
use hardware::tree::{Record, Tree, TreeError};

use crate::LOOK_UPS;

pub(crate) fn open(blob: &[u8]) -> u64 {
    let mut records = [Record::EMPTY; 64];
    Tree::open(blob, &mut records).map_or(0, |tree| tree.len() as u64)
}

pub(crate) fn look_ups(blob: &[u8]) -> u64 {
    let mut records = [Record::EMPTY; 64];
    let Ok(tree) = Tree::open(blob, &mut records) else { return 0 };
    LOOK_UPS.iter().map(|name| look_up(&tree, name).unwrap_or(0)).sum()
}

fn look_up(tree: &Tree<'_>, name: &str) -> Result<u64, TreeError> {
    let found = if name.starts_with('/') { tree.find(name) } else { tree.compatible_with(name).next() };
    let Some(node) = found else { return Ok(0) };
    let window = node.cpu_window(0)?;
    let interrupt = node.interrupt(0)?;
    let kind = u64::from(interrupt.kind == InterruptType::Ppi);
    Ok(window.base + window.size + kind + u64::from(interrupt.number))
}
