//! Short names of devices: the alias, else the node's name, else its path.

use std::collections::BTreeMap;

use hardware::tree::{Node, Tree};

/// A unique name for each of `nodes`.
pub(super) fn names(tree: &Tree<'_>, nodes: &[Node<'_>]) -> Vec<String> {
    let mut aliases: BTreeMap<usize, &str> = BTreeMap::new();
    for alias in tree.aliases() {
        if let Some(node) = alias.node {
            aliases.entry(node.index()).or_insert(alias.name);
        }
    }
    let short: Vec<&str> =
        nodes.iter().map(|node| aliases.get(&node.index()).copied().unwrap_or_else(|| node.name())).collect();
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for name in &short {
        *uses.entry(name).or_default() += 1;
    }
    let unique = |name: &&str| uses.get(*name) == Some(&1);
    let name = |(node, name): (&Node<'_>, &&str)| match unique(name) {
        true => (*name).to_owned(),
        false => node.path().to_string(),
    };
    nodes.iter().zip(&short).map(name).collect()
}
