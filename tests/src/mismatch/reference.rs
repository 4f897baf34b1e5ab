//! A board with its reference tree, and what in it depends on what.

use std::path::Path;

use hardware::board::{Board, Device, Fact, Item, Value};
use hardware::tree::{Node, Record, Tree};

use crate::failure::Cause;
use crate::{Failure, LiveTree, paths};

/// A board's table and its reference tree.
#[derive(Debug)]
pub struct Reference {
    /// The table.
    pub board: &'static Board,
    /// The table without a variant, beside which this one is in an image; its own where it has none.
    pub base: &'static Board,
    /// The reference tree, to be edited.
    pub tree: LiveTree,
    nodes: &'static Tree<'static>,
}

impl Reference {
    /// A board, or a variant of one, with the tree that its firmware is expected to hand over: the reference tree with
    /// what is special about the variant, and with everything still wrong that the board file fixes.
    pub fn read(board: &'static Board) -> Result<Self, Failure> {
        Self::of(&paths::root(), board)
    }

    /// The same, of the project at `root`.
    pub fn of(root: &Path, board: &'static Board) -> Result<Self, Failure> {
        let made = codegen::board(root, board.file).map_err(|findings| wrong(findings.render()))?.board;
        let kinds = made.variants.into_iter().map(|variant| (Some(variant.name), variant.board.recorded));
        let mut kinds = std::iter::once((None, made.recorded)).chain(kinds);
        let blob = kinds.find(|(name, _)| name.as_deref() == board.variant).map(|(_, blob)| blob);
        let blob = blob.ok_or_else(|| wrong(format!("{} isn't among codegen's variants", board.title())))?;
        Ok(Self { board, base: board, tree: LiveTree::read(&blob)?, nodes: open(blob)? })
    }

    /// The same of one of the kinds of `base`.
    pub fn of_kind(base: &'static Board, kind: &'static Board) -> Result<Self, Failure> {
        Ok(Self { base, ..Self::read(kind)? })
    }

    /// RAM in MiB, which the machine that takes the tree must have.
    pub fn memory_mib(&self) -> u32 {
        let bytes: u64 = self.nodes.memory().filter_map(Result::ok).map(|region| region.size).sum();
        u32::try_from(bytes >> 20).unwrap_or(u32::MAX)
    }

    /// Where the first window of `device` is.
    pub(super) fn base_of(&self, device: &Device) -> Option<u64> {
        let fact = self.facts_of(device).find(|fact| fact.item == Item::Window(0))?;
        match fact.claimed {
            Value::Window(window) => Some(window.base),
            _ => None,
        }
    }

    /// The facts about `device`.
    pub(super) fn facts_of(&self, device: &Device) -> impl Iterator<Item = &'static Fact> {
        let path = device.path;
        self.board.facts.iter().filter(move |fact| self.device(fact).is_some_and(|device| device.path == path))
    }

    /// The device that `fact` is about.
    pub(super) fn device(&self, fact: &Fact) -> Option<&'static Device> {
        self.board.devices.get(usize::from(fact.device?))
    }

    /// The facts about devices below `path`.
    pub(super) fn facts_below(&self, path: &str) -> impl Iterator<Item = &'static Fact> {
        let prefix = format!("{path}/");
        let board = self.board;
        board.facts.iter().filter(move |fact| board.place(fact).is_some_and(|place| place.starts_with(&prefix)))
    }

    /// The facts whose value can't be worked out without the node at `path` being the controller or clock that it is.
    pub(super) fn dependents(&self, path: &str) -> impl Iterator<Item = &'static Fact> {
        let board = self.board;
        board.facts.iter().filter(move |fact| self.provider(fact).is_some_and(|provider| provider.path_eq(path)))
    }

    /// The clocks that the same property names behind `fact`'s: where they begin depends on the provider of each before.
    pub(super) fn clocks_behind(&self, fact: &Fact) -> impl Iterator<Item = &'static Fact> {
        let (device, clock) = match fact.item {
            Item::Clock(clock) => (fact.device, clock),
            _ => (None, u8::MAX),
        };
        let behind = move |other: &&Fact| matches!(other.item, Item::Clock(other) if other > clock);
        self.board.facts.iter().filter(move |other| other.device == device).filter(behind)
    }

    /// The controller of an interrupt, the provider of a clock.
    fn provider(&self, fact: &Fact) -> Option<Node<'static>> {
        let node = self.nodes.find(self.device(fact)?.path)?;
        match fact.item {
            Item::Interrupt(n) => Some(node.interrupts().nth(n.into())?.ok()?.controller),
            Item::Clock(n) => Some(node.clocks().nth(n.into())?.ok()?.provider),
            _ => None,
        }
    }

    /// How many cells addresses and sizes of the children of `path` have, by the specification's defaults.
    pub(super) fn bus_cells(&self, path: &str) -> (usize, usize) {
        let count = |property, default| match self.cells(path, property).as_deref() {
            Ok([count]) => *count as usize,
            _ => default,
        };
        (count("#address-cells", 2), count("#size-cells", 1))
    }

    /// A property's cells.
    pub(super) fn cells(&self, path: &str, property: &str) -> Result<Vec<u32>, Failure> {
        let bytes = self.tree.value(path, property)?;
        Ok(bytes.as_chunks().0.iter().map(|cell| u32::from_be_bytes(*cell)).collect())
    }
}

fn wrong(what: String) -> Failure {
    Cause::Tool { program: "codegen".to_owned(), what }.into()
}

/// Opens a tree for the rest of the process' life, as the kernel does.
pub(super) fn open(blob: Vec<u8>) -> Result<&'static Tree<'static>, Failure> {
    let records = vec![Record::EMPTY; 4096].leak();
    let tree = Tree::open(blob.leak(), records);
    let tree = tree.map_err(|error| Cause::Tool { program: "hardware::tree".to_owned(), what: error.to_string() })?;
    Ok(Box::leak(Box::new(tree)))
}
