//! `hardware::tree` on small trees, each about one question.

mod address;
mod build;
mod device;
mod interrupt;
mod machine;
mod malformed;
mod mutations;
mod node;

use build::{Builder, blob};
use hardware::tree::{Node, Record, Tree};

/// Opens the tree that `build` makes and hands it over.
fn with<T>(build: impl FnOnce(&mut Builder), ask: impl FnOnce(&Tree<'_>) -> T) -> T {
    let blob = blob(build);
    let mut records = [Record::EMPTY; 64];
    let tree = Tree::open(&blob, &mut records).expect("a well-formed tree");
    ask(&tree)
}

/// The node at `path`, which must be there.
fn at<'t>(tree: &'t Tree<'t>, path: &str) -> Node<'t> {
    tree.find(path).unwrap_or_else(|| panic!("no node {path}"))
}
