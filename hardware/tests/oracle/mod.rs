//! A second reader of device trees, as different from `hardware::tree` as can be: `dtc` takes the blob apart, this
//! module reads the text that it prints, and every address and interrupt is worked out anew, cell by cell, on vectors
//! and maps.

mod address;
mod interrupt;
mod parse;

use std::collections::HashMap;

pub(crate) use interrupt::Line;

/// A node as `dtc` printed it.
#[derive(Default)]
pub(crate) struct Node {
    pub(crate) path: String,
    pub(crate) parent: Option<usize>,
    pub(crate) properties: Vec<(String, Vec<u8>)>,
}

/// A tree as `dtc` printed it; nodes in blob order.
pub(crate) struct Oracle {
    pub(crate) nodes: Vec<Node>,
    pub(crate) reservations: Vec<(u64, u64)>,
    by_phandle: HashMap<u32, usize>,
    by_path: HashMap<String, usize>,
}

impl Oracle {
    fn property(&self, node: usize, name: &str) -> Option<&[u8]> {
        let (_, value) = self.nodes[node].properties.iter().find(|(property, _)| property == name)?;
        Some(value)
    }

    fn cells(&self, node: usize, name: &str) -> Option<Vec<u32>> {
        let value = self.property(node, name)?;
        value
            .len()
            .is_multiple_of(4)
            .then(|| value.chunks(4).map(|cell| u32::from_be_bytes(cell.try_into().unwrap())).collect())
    }

    fn number(&self, node: usize, name: &str) -> Option<usize> {
        match *self.cells(node, name)?.as_slice() {
            [number] => Some(number as usize),
            _ => None,
        }
    }

    fn text(&self, node: usize, name: &str) -> Option<&str> {
        std::str::from_utf8(self.property(node, name)?).ok()?.strip_suffix('\0')
    }

    fn compatible(&self, node: usize, with: &[&str]) -> bool {
        let value = self.property(node, "compatible").unwrap_or_default();
        value.split(|&byte| byte == 0).any(|name| with.iter().any(|with| with.as_bytes() == name))
    }

    /// Whether the node's own status lets it be used.
    fn available(&self, node: usize) -> bool {
        matches!(self.property(node, "status"), None | Some(b"okay\0" | b"ok\0"))
    }

    /// Whether it and all above it may be used.
    pub(crate) fn enabled(&self, node: usize) -> bool {
        self.available(node) && self.nodes[node].parent.is_none_or(|parent| self.enabled(parent))
    }

    /// The console's path and options: `Err` for a name that leads nowhere.
    pub(crate) fn stdout(&self) -> Result<Option<(String, String)>, ()> {
        let Some(&chosen) = self.by_path.get("/chosen") else { return Ok(None) };
        let Some(text) = self.text(chosen, "stdout-path").or_else(|| self.text(chosen, "linux,stdout-path")) else {
            return Ok(None);
        };
        let mut parts = text.splitn(2, ':');
        let (name, options) = (parts.next().unwrap(), parts.next().unwrap_or(""));
        let path = if name.starts_with('/') {
            name
        } else {
            let &aliases = self.by_path.get("/aliases").ok_or(())?;
            self.text(aliases, name).ok_or(())?
        };
        self.by_path.contains_key(path).then(|| Some((path.into(), options.into()))).ok_or(())
    }

    /// Base and size of all memory that isn't of size 0.
    pub(crate) fn memory(&self) -> Vec<(u64, u64)> {
        let is_memory = |&node: &usize| {
            self.nodes[node].parent == Some(0)
                && self.property(node, "device_type") == Some(b"memory\0")
                && self.available(node)
        };
        let entries = (0..self.nodes.len()).filter(is_memory).flat_map(|node| self.regs(node));
        entries
            .map(|entry| entry.unwrap())
            .filter(|reg| reg.size != 0)
            .map(|reg| (reg.cpu.unwrap(), reg.size))
            .collect()
    }
}
