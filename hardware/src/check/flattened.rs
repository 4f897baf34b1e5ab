//! The flattened device tree as the live description.

use crate::board::{Conduit, Hertz, Interrupt, Mpidr, Window};
use crate::tree::{Node, Tree, TreeError};

use super::{Live, LiveNode, Unresolved};

/// How many nodes behind the last hit are looked at before the whole tree is searched: tables are in the reference
/// tree's order, and firmware that adds nodes seldom adds many in one place.
const AHEAD: usize = 8;

impl<'t> Live<'t> for &'t Tree<'t> {
    type Node = Node<'t>;

    fn root(self) -> Option<Node<'t>> {
        Some(Tree::root(self))
    }

    fn nodes(self) -> impl Iterator<Item = Node<'t>> {
        Tree::nodes(self)
    }

    fn find(self, path: &str, near: Option<Node<'t>>) -> Option<Node<'t>> {
        let next = near.map_or(0, |node| Node::index(node) + 1);
        let ahead = (next..next + AHEAD).map_while(|index| self.node(index)).find(|node| node.path_eq(path));
        ahead.or_else(|| Tree::find(self, path))
    }
}

impl<'t> LiveNode<'t> for Node<'t> {
    fn index(self) -> u32 {
        Node::index(self) as u32
    }

    fn name(self) -> &'t str {
        Node::name(self)
    }

    fn compatible(self) -> impl Iterator<Item = &'t str> {
        Node::compatible(self)
    }

    fn is_compatible(self, string: &str) -> bool {
        Node::is_compatible(self, string)
    }

    fn enabled(self) -> bool {
        Node::enabled(self)
    }

    fn window(self, n: u8) -> Result<Option<Window>, Unresolved> {
        match self.cpu_window(n.into()) {
            Err(TreeError::NoEntry { .. }) => Ok(None),
            answer => Ok(Some(answer?)),
        }
    }

    fn interrupt(self, n: u8) -> Result<Option<Interrupt>, Unresolved> {
        if let Ok(line) = Node::interrupt(self, n.into()) {
            return Ok(Some(line));
        }
        let Some(spec) = entry(self.interrupts(), n)? else { return Ok(None) };
        spec.gic.map(Some).ok_or(Unresolved::Specifier)
    }

    /// The nth of `clocks`; a node without that property may say the rate itself, in `clock-frequency`.
    fn clock(self, n: u8) -> Result<Option<Hertz>, Unresolved> {
        match entry(self.clocks(), n)? {
            Some(clock) => clock.rate.map(Some).ok_or(Unresolved::Clock),
            None if n == 0 => Ok(self.clock_frequency().transpose()?),
            None => Ok(None),
        }
    }

    fn conduit(self) -> Result<Option<Conduit>, Unresolved> {
        match Node::conduit(self) {
            Err(TreeError::Missing { .. }) => Ok(None),
            answer => Ok(Some(answer?)),
        }
    }

    fn mpidr(self) -> Result<Option<Mpidr>, Unresolved> {
        if !self.is_cpu() {
            return Ok(None);
        }
        match Node::mpidr(self) {
            Err(TreeError::Missing { .. }) => Ok(None),
            answer => Ok(Some(answer?)),
        }
    }

    fn property(self, name: &str) -> Option<&'t [u8]> {
        Node::property(self, name).map(|property| property.value())
    }
}

/// The nth entry of a list; an error before it that ended the list hides it.
fn entry<T>(list: impl Iterator<Item = Result<T, TreeError>>, n: u8) -> Result<Option<T>, TreeError> {
    let mut hidden_by = None;
    for (index, entry) in list.enumerate() {
        match entry {
            entry if index == usize::from(n) => return entry.map(Some),
            Ok(_) => {}
            Err(error) => hidden_by = Some(error),
        }
    }
    hidden_by.map_or(Ok(None), Err)
}

impl From<TreeError> for Unresolved {
    fn from(error: TreeError) -> Self {
        match error {
            TreeError::OutsideRanges { .. } | TreeError::Overflow { .. } => Self::OutsideRanges,
            TreeError::BusLocal { .. } => Self::BusLocal,
            TreeError::Length { .. } | TreeError::Text { .. } => Self::Truncated,
            TreeError::Cells { .. } => Self::Cells,
            TreeError::Phandle { .. } | TreeError::Dangling { .. } => Self::Dangling,
            TreeError::Missing { .. } | TreeError::NoEntry { .. } => Self::Incomplete,
            TreeError::NoController { .. } | TreeError::NoMapRow { .. } | TreeError::Circle { .. } => Self::Parent,
            TreeError::NotGic { .. } => Self::Specifier,
            _ => Self::Unknown,
        }
    }
}
