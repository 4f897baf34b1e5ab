//! Paths: printing them, comparing them, following them.

use core::fmt;

use super::{MAX_DEPTH, Node, Tree};

/// A node's path; prints as `/soc/serial@7d001000`.
#[derive(Debug, Clone, Copy)]
pub struct Path<'t> {
    node: Node<'t>,
}

impl<'t> Path<'t> {
    pub(super) fn new(node: Node<'t>) -> Self {
        Self { node }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut steps = [self.node; MAX_DEPTH];
        let mut count = 0;
        let mut node = self.node;
        // The root comes last and has no name.
        while let (Some(parent), Some(step)) = (node.parent(), steps.get_mut(count)) {
            *step = node;
            count += 1;
            node = parent;
        }
        if count == 0 {
            return f.write_str("/");
        }
        for step in steps.iter().take(count).rev() {
            f.write_str("/")?;
            f.write_str(step.name())?;
        }
        Ok(())
    }
}

/// Whether `path` leads to `node`.
pub(super) fn is_path_of(mut path: &[u8], mut node: Node<'_>) -> bool {
    if node.index() == 0 {
        return path == b"/";
    }
    while let Some(parent) = node.parent() {
        let Some([rest @ .., b'/']) = path.strip_suffix(node.name_bytes()) else { return false };
        (path, node) = (rest, parent);
    }
    path.is_empty()
}

impl Tree<'_> {
    /// The node at `path`, unit addresses included.
    pub fn find(&self, path: &str) -> Option<Node<'_>> {
        let mut rest = path.as_bytes();
        let mut node = self.root();
        if rest == b"/" {
            return Some(node);
        }
        if rest.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            rest = rest.strip_prefix(b"/")?;
            let len = rest.iter().position(|&byte| byte == b'/').unwrap_or(rest.len());
            let (name, tail) = rest.split_at_checked(len)?;
            node = node.child_bytes(name)?;
            rest = tail;
        }
        Some(node)
    }

    /// The node at a path, or that an alias names: `/pl011@9000000`, `serial0`.
    pub fn resolve(&self, path_or_alias: &str) -> Option<Node<'_>> {
        if path_or_alias.starts_with('/') {
            return self.find(path_or_alias);
        }
        let alias = self.find("/aliases")?.property(path_or_alias)?;
        self.find(alias.as_str().ok()?)
    }
}
