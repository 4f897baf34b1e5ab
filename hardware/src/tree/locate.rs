//! From a byte of the blob back to the node and property that it belongs to.

use core::fmt;

use super::{Node, Property, Tree};

/// A place in a tree; prints as ``/soc/serial@7d001000 `reg` ``.
#[derive(Debug, Clone, Copy)]
pub struct Place<'t> {
    /// The node.
    pub node: Node<'t>,
    /// The property, where the byte belongs to one.
    pub property: Option<Property<'t>>,
}

impl Tree<'_> {
    /// What stands at a byte of the blob, such as [`super::TreeError::offset`] names; `None` outside of all nodes.
    pub fn locate(&self, offset: usize) -> Option<Place<'_>> {
        // Nodes are in blob order, and properties come before children.
        let node = self.nodes().take_while(|node| node.at() as usize <= offset).last()?;
        let property = node.properties().take_while(|property| property.at() as usize <= offset).last();
        Some(Place { node, property: property.filter(|property| offset < self.blocks.at(property.end()) as usize) })
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.node.path())?;
        match self.property {
            Some(property) => write!(f, " `{}`", property.name()),
            None => Ok(()),
        }
    }
}
