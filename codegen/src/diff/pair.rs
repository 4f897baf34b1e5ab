//! Which node of one tree is which of the other.

use std::collections::HashMap;

use hardware::tree::{Node, Tree};

/// Two trees and the pairs of their nodes.
pub(super) struct Pairs<'t> {
    pub(super) first: &'t Tree<'t>,
    pub(super) second: &'t Tree<'t>,
    /// By the first tree's node numbers.
    partner: Vec<Option<usize>>,
    /// By the second's.
    taken: Vec<Option<usize>>,
}

impl<'t> Pairs<'t> {
    /// Pairs nodes by path, then by alias, then by what they are where that leaves no doubt.
    pub(super) fn new(first: &'t Tree<'t>, second: &'t Tree<'t>) -> Self {
        let mut pairs = Self { first, second, partner: vec![None; first.len()], taken: vec![None; second.len()] };
        pairs.join(first.root(), second.root());
        pairs.by_name();
        pairs.by_alias();
        pairs.by_name();
        pairs.by_kind();
        pairs.by_name();
        pairs
    }

    /// The second tree's node that is `node` of the first.
    pub(super) fn second_of(&self, node: Node<'_>) -> Option<Node<'t>> {
        self.partner.get(node.index()).copied().flatten().and_then(|index| self.second.node(index))
    }

    /// The first tree's node that is `node` of the second.
    pub(super) fn first_of(&self, node: Node<'_>) -> Option<Node<'t>> {
        self.taken.get(node.index()).copied().flatten().and_then(|index| self.first.node(index))
    }

    fn join(&mut self, first: Node<'_>, second: Node<'_>) {
        self.partner[first.index()] = Some(second.index());
        self.taken[second.index()] = Some(first.index());
    }

    fn is_free(&self, first: Node<'_>, second: Node<'_>) -> bool {
        self.partner[first.index()].is_none() && self.taken[second.index()].is_none()
    }

    /// Children of a pair that are called the same; parents come before their children.
    fn by_name(&mut self) {
        for parent in self.first.nodes() {
            let Some(other) = self.second_of(parent) else { continue };
            let named: HashMap<&str, Node<'_>> = other.children().map(|child| (child.name(), child)).collect();
            for child in parent.children() {
                if let Some(&twin) = named.get(child.name())
                    && self.is_free(child, twin)
                {
                    self.join(child, twin);
                }
            }
        }
    }

    fn by_alias(&mut self) {
        let aliases = self.second.aliases().filter_map(|alias| Some((alias.name, alias.node?)));
        let aliases: HashMap<&str, Node<'_>> = aliases.collect();
        for alias in self.first.aliases() {
            if let (Some(node), Some(&twin)) = (alias.node, aliases.get(alias.name))
                && self.is_free(node, twin)
            {
                self.join(node, twin);
            }
        }
    }

    /// The only free node of a kind in either tree: a device that has moved.
    fn by_kind(&mut self) {
        let first = only(self.first.nodes().filter(|node| self.partner[node.index()].is_none()));
        let second = only(self.second.nodes().filter(|node| self.taken[node.index()].is_none()));
        for (kind, node) in &first {
            if let (Some(node), Some(Some(twin))) = (node, second.get(kind)) {
                self.join(*node, *twin);
            }
        }
    }
}

/// What a node is: its most specific `compatible` and its name without the address, and the parent's name where it has
/// no `compatible` of its own.
type Kind<'t> = (Option<&'t str>, &'t str, Option<&'t str>);

/// The nodes by kind; `None` where there are several.
fn only<'t>(nodes: impl Iterator<Item = Node<'t>>) -> HashMap<Kind<'t>, Option<Node<'t>>> {
    let mut only = HashMap::new();
    for node in nodes {
        let compatible = node.compatible().next();
        let parent = node.parent().filter(|_| compatible.is_none()).map(|parent| parent.name());
        let kind = (compatible, node.base_name(), parent);
        only.entry(kind).and_modify(|node| *node = None).or_insert(Some(node));
    }
    only
}
