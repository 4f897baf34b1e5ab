//! What firmware chose: console, command line, initrd; and the aliases.

use super::{Node, Properties, Tree, TreeError};

/// The console that firmware names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stdout<'t> {
    /// The device.
    pub node: Node<'t>,
    /// What follows the colon: `115200n8`; empty where nothing does.
    pub options: &'t str,
}

/// `/chosen`.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'t> {
    /// The node.
    pub node: Node<'t>,
}

/// One property of `/aliases`.
#[derive(Debug, Clone, Copy)]
pub struct Alias<'t> {
    /// `serial0`.
    pub name: &'t str,
    /// The path that it stands for; empty where the value isn't text.
    pub path: &'t str,
    /// The node there; `None` where there is none.
    pub node: Option<Node<'t>>,
}

/// The aliases in blob order.
#[derive(Debug, Clone)]
pub struct Aliases<'t> {
    tree: &'t Tree<'t>,
    properties: Option<Properties<'t>>,
}

impl Tree<'_> {
    /// `/chosen`; boards whose firmware chooses nothing have none.
    pub fn chosen(&self) -> Option<Chosen<'_>> {
        self.find("/chosen").map(|node| Chosen { node })
    }

    /// The console that `/chosen` names by path or alias, with options or without.
    ///
    /// `Ok(None)` where none is named; [`TreeError::Dangling`] where the name leads nowhere.
    pub fn stdout(&self) -> Result<Option<Stdout<'_>>, TreeError> {
        let named = self.chosen().and_then(|Chosen { node }| {
            // The second name is what Linux wrote until 2014.
            node.property("stdout-path").or_else(|| node.property("linux,stdout-path"))
        });
        let Some(property) = named else { return Ok(None) };
        let value = property.as_str()?;
        let (name, options) = value.split_once(':').unwrap_or((value, ""));
        let node = self.resolve(name).ok_or(TreeError::Dangling { at: property.at() })?;
        Ok(Some(Stdout { node, options }))
    }

    /// The aliases.
    pub fn aliases(&self) -> Aliases<'_> {
        Aliases { tree: self, properties: self.find("/aliases").map(Node::properties) }
    }
}

impl<'t> Chosen<'t> {
    /// The command line.
    pub fn bootargs(self) -> Option<Result<&'t str, TreeError>> {
        self.node.property("bootargs").map(|bootargs| bootargs.as_str())
    }

    /// Where the initrd is: its first byte and one past its last.
    pub fn initrd(self) -> Result<Option<(u64, u64)>, TreeError> {
        let Some(start) = self.node.property("linux,initrd-start") else { return Ok(None) };
        let end = self.node.require("linux,initrd-end")?;
        let (first, last) = (start.as_u64()?, end.as_u64()?);
        if last < first {
            return Err(TreeError::Value { at: end.at(), name: "linux,initrd-end" });
        }
        Ok(Some((first, last)))
    }
}

impl<'t> Iterator for Aliases<'t> {
    type Item = Alias<'t>;

    fn next(&mut self) -> Option<Alias<'t>> {
        let property = self.properties.as_mut()?.next()?;
        let path = property.as_str().unwrap_or_default();
        Some(Alias { name: property.name(), path, node: self.tree.find(path) })
    }
}
