//! A tree to hand over that differs from the machine's own in exactly what a test says.

use std::collections::BTreeMap;

use dtoolkit::fdt::Fdt;
use dtoolkit::memreserve::MemoryReservation;
use dtoolkit::model::{DeviceTree, DeviceTreeNode, DeviceTreeProperty};
use dtoolkit::{Node, Property, ToPropertyValue};

use crate::failure::{Cause, Failure};

/// A device tree that can be edited by path.
#[derive(Debug, Clone)]
pub struct LiveTree(DeviceTree);

impl LiveTree {
    /// From a blob, as [`crate::Machine::tree`] gives it.
    pub fn read(blob: &[u8]) -> Result<Self, Failure> {
        let tree = Fdt::new(blob).map_err(|error| wrong(format!("the blob is not a tree: {error}")))?;
        Ok(Self(DeviceTree::from_fdt(&tree)))
    }

    /// The blob.
    pub fn to_blob(&self) -> Vec<u8> {
        self.0.to_dtb()
    }

    /// Every node and property in one map: `/soc/uart@1000` has no value, `/soc/uart@1000 reg` has its bytes.
    pub fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        let mut contents = BTreeMap::new();
        gather(&self.0.root, "", &mut contents);
        contents
    }

    /// Whether there is a node at `path`.
    pub fn has(&self, path: &str) -> bool {
        self.0.find_node(path).is_some()
    }

    /// A property's bytes.
    pub fn value(&self, path: &str, property: &str) -> Result<Vec<u8>, Failure> {
        let node = self.0.find_node(path).ok_or_else(|| wrong(format!("no node {path}")))?;
        let found = node.property(property).map(|property| property.value().to_vec());
        found.ok_or_else(|| wrong(format!("no property `{property}` in {path}")))
    }

    /// Adds a property or replaces its value.
    pub fn set(&mut self, path: &str, property: &str, value: impl ToPropertyValue) -> Result<&mut Self, Failure> {
        let value = DeviceTreeProperty::new(property, value).map_err(|error| wrong(error.to_string()))?;
        let node = self.node(path)?;
        match node.property_mut(property) {
            Some(there) => *there = value,
            None => node.add_property(value),
        }
        Ok(self)
    }

    /// Takes a property away.
    pub fn remove(&mut self, path: &str, property: &str) -> Result<&mut Self, Failure> {
        let gone = self.node(path)?.remove_property(property);
        gone.ok_or_else(|| wrong(format!("no property `{property}` in {path}")))?;
        Ok(self)
    }

    /// Reserves memory in the header.
    pub fn reserve(&mut self, base: u64, size: u64) -> &mut Self {
        self.0.memory_reservations.push(MemoryReservation::new(base, size));
        self
    }

    /// Adds an empty node.
    pub fn add_node(&mut self, parent: &str, name: &str) -> Result<&mut Self, Failure> {
        let node = DeviceTreeNode::new(name).map_err(|error| wrong(error.to_string()))?;
        self.node(parent)?.add_child(node);
        Ok(self)
    }

    /// Takes a node and everything below it away.
    pub fn remove_node(&mut self, path: &str) -> Result<&mut Self, Failure> {
        self.take(path)?;
        Ok(self)
    }

    /// Puts a copy of a node, with everything below it, under another parent or name.
    pub fn copy_node(&mut self, path: &str, parent: &str, name: &str) -> Result<&mut Self, Failure> {
        let copy = self.renamed(path, name)?;
        self.node(parent)?.add_child(copy);
        Ok(self)
    }

    /// Gives a node another name, in the same place; its properties and children stay.
    pub fn rename_node(&mut self, path: &str, name: &str) -> Result<&mut Self, Failure> {
        let (parent, old) = split(path);
        let renamed = self.renamed(path, name)?;
        let parent = self.node(parent)?;
        let names: Vec<String> = parent.children().map(|child| child.name().to_owned()).collect();
        for child in names {
            let there = parent.remove_child(&child).ok_or_else(|| wrong(format!("no node {child}")))?;
            parent.add_child(if child == old { renamed.clone() } else { there });
        }
        Ok(self)
    }

    fn renamed(&mut self, path: &str, name: &str) -> Result<DeviceTreeNode, Failure> {
        let node = self.node(path)?;
        let mut renamed = DeviceTreeNode::new(name).map_err(|error| wrong(error.to_string()))?;
        node.properties_mut().for_each(|property| renamed.add_property(property.clone()));
        node.children_mut().for_each(|child| renamed.add_child(child.clone()));
        Ok(renamed)
    }

    fn take(&mut self, path: &str) -> Result<DeviceTreeNode, Failure> {
        let (parent, name) = split(path);
        self.node(parent)?.remove_child(name).ok_or_else(|| wrong(format!("no node {path}")))
    }

    fn node(&mut self, path: &str) -> Result<&mut DeviceTreeNode, Failure> {
        self.0.find_node_mut(path).ok_or_else(|| wrong(format!("no node {path}")))
    }
}

fn gather(node: &DeviceTreeNode, path: &str, contents: &mut BTreeMap<String, Vec<u8>>) {
    contents.insert(path.to_owned(), Vec::new());
    for property in node.properties() {
        contents.insert(format!("{path} {}", property.name()), property.value().to_vec());
    }
    node.children().for_each(|child| gather(child, &format!("{path}/{}", child.name()), contents));
}

fn split(path: &str) -> (&str, &str) {
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    (if parent.is_empty() { "/" } else { parent }, name)
}

fn wrong(what: String) -> Failure {
    Cause::Tool { program: "LiveTree".to_owned(), what }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> LiveTree {
        let mut tree = LiveTree(DeviceTree::new());
        tree.add_node("/", "bus").unwrap().add_node("/bus", "uart@1000").unwrap().add_node("/", "chosen").unwrap();
        tree.set("/bus/uart@1000", "reg", [0x1000u32, 0x100]).unwrap();
        tree
    }

    #[test]
    fn edits_survive_a_blob() {
        let mut tree = example();
        tree.set("/bus/uart@1000", "status", "disabled").unwrap().remove("/bus/uart@1000", "reg").unwrap();
        let read = LiveTree::read(&tree.to_blob()).unwrap();
        assert_eq!(read.value("/bus/uart@1000", "status").unwrap(), b"disabled\0");
        assert!(read.value("/bus/uart@1000", "reg").is_err());
    }

    #[test]
    fn a_renamed_node_keeps_its_place_and_content() {
        let mut tree = example();
        tree.rename_node("/bus", "soc").unwrap();
        let names: Vec<&str> = tree.0.root.children().map(|child| child.name()).collect();
        assert_eq!(names, ["soc", "chosen"]);
        assert_eq!(tree.value("/soc/uart@1000", "reg").unwrap(), [0, 0, 0x10, 0, 0, 0, 1, 0]);
    }

    #[test]
    fn what_is_not_there_can_not_be_edited() {
        assert!(example().remove("/bus", "reg").is_err());
        assert!(example().set("/nowhere", "reg", 1u32).is_err());
        assert!(example().remove_node("/bus/uart@2000").is_err());
    }
}
