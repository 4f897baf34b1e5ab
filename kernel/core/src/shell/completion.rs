//! What Tab offers: from the command table, the device tree and the file systems.

use hardware::tree::{Node, Tree};

use super::command::Kind;
use super::known::Known;
use crate::editor::{Completer, MAX_LINE};
use crate::system::System;
use crate::vfs::{FileKind, Vfs};

pub(super) struct Completion<'s> {
    pub(super) system: &'s dyn System,
    pub(super) known: Known,
}

/// Gives all that an operand can be to the last argument.
pub(super) type Offer = fn(&Completion<'_>, Word<'_>, &mut Each<'_>);

/// A word that is completed.
#[derive(Clone, Copy)]
pub(super) struct Word<'w> {
    /// What of it is there.
    start: &'w str,
    /// The operand before it.
    before: Option<&'w str>,
}

/// Gives each candidate to the editor.
pub(super) type Each<'e> = dyn FnMut(&str) + 'e;

/// A path as it is put together.
type Joined = heapless::String<MAX_LINE>;

impl Completer for Completion<'_> {
    fn complete(&self, line: &str, each: &mut dyn FnMut(&str)) -> usize {
        let start = line.rfind([' ', ';', '\t']).map_or(0, |blank| blank + 1);
        let (before, word) = line.split_at_checked(start).unwrap_or((line, ""));
        let command = before.rsplit(';').next().unwrap_or_default();
        let mut each = |candidate: &str| {
            if candidate.starts_with(word) {
                each(candidate);
            }
        };
        self.candidates(command, word, &mut each);
        start
    }
}

impl Completion<'_> {
    /// What may stand after the words of `command`; `word` is its beginning.
    fn candidates(&self, command: &str, word: &str, each: &mut Each<'_>) {
        let mut words = command.split_ascii_whitespace();
        let Some(name) = words.next() else {
            return self.known.iter().for_each(|command| each(command.name));
        };
        let Some(command) = self.known.find(name) else { return };
        let second = words.clone().next();
        if second.is_none() {
            command.words().for_each(&mut *each);
        }
        let Some(form) = command.form(second) else { return };
        if !form.word.is_empty() {
            words.next();
        }
        if word.starts_with('-') {
            return form.flags.iter().for_each(|flag| each(flag.name));
        }
        let operands = || words.clone().filter(|word| !word.starts_with('-'));
        let Some(operand) = form.operand(operands().count()) else { return };
        if let Kind::Named(offer) = operand.kind {
            offer(self, Word { start: word, before: operands().next_back() }, each);
        }
    }
}

/// The commands.
pub(super) fn commands(completion: &Completion<'_>, _: Word<'_>, each: &mut Each<'_>) {
    completion.known.iter().for_each(|command| each(command.name));
}

/// What the kernel tests of itself.
pub(super) fn selftests(completion: &Completion<'_>, _: Word<'_>, each: &mut Each<'_>) {
    completion.system.selftests().iter().for_each(|test| each(test.name));
}

/// The kernel's measurements.
pub(super) fn benches(completion: &Completion<'_>, _: Word<'_>, each: &mut Each<'_>) {
    completion.system.benches().iter().for_each(|bench| each(bench.name));
}

/// The nodes of the live tree, and the aliases.
pub(super) fn nodes(completion: &Completion<'_>, word: Word<'_>, each: &mut Each<'_>) {
    if let Some(tree) = completion.system.tree() {
        below(tree, word.start, each);
    }
}

/// The properties of the node before.
pub(super) fn properties(completion: &Completion<'_>, word: Word<'_>, each: &mut Each<'_>) {
    let node = completion.system.tree().zip(word.before).and_then(|(tree, path)| tree.resolve(path));
    node.into_iter().flat_map(Node::properties).for_each(|property| each(property.name()));
}

/// The entries of the directory that the word has got to.
pub(super) fn files(completion: &Completion<'_>, word: Word<'_>, each: &mut Each<'_>) {
    let folder = word.start.rsplit_once('/').map(|(folder, _)| folder);
    let slash = if folder.is_some() { "/" } else { "" };
    let folder = folder.unwrap_or_default();
    let listed = if folder.is_empty() { "/" } else { folder };
    // A path that leads nowhere has no candidates.
    let _ = Vfs::new(completion.system).list(listed, &mut |entry| {
        let end = if entry.kind == FileKind::Directory { "/" } else { "" };
        join(&[folder, slash, entry.name, end], each);
    });
}

/// The children of the node that `word` has got to, and the aliases while it is no path.
fn below(tree: &Tree<'_>, word: &str, each: &mut Each<'_>) {
    let Some((folder, _)) = word.rsplit_once('/') else {
        tree.find("/aliases").into_iter().flat_map(Node::properties).for_each(|alias| each(alias.name()));
        return each("/");
    };
    let parent = if folder.is_empty() { Some(tree.root()) } else { tree.find(folder) };
    for child in parent.into_iter().flat_map(Node::children) {
        let end = if child.children().next().is_some() { "/" } else { "" };
        join(&[folder, "/", child.name(), end], each);
    }
}

/// A candidate that is longer than a line can't be entered.
fn join(parts: &[&str], each: &mut Each<'_>) {
    let mut joined = Joined::new();
    if parts.iter().all(|part| joined.push_str(part).is_ok()) {
        each(&joined);
    }
}
