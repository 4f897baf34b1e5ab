//! What follows from the devices: console, memory, how CPUs start, how QEMU shows it.

use std::collections::BTreeMap;

use hardware::board::Class;
use hardware::tree::{EnableMethod, Tree};

use super::identity::text;
use super::{Decision, Entry};
use crate::model::board::{Board, Device};
use crate::parse::board::Bytes;

/// What QEMU gets where the tree has less: room for the kernel and its heap, in bytes.
const LEAST_QEMU: u64 = 64 << 20;

/// The decisions about what the tree describes.
pub(super) fn decide(board: &Board, tree: &Tree<'_>) -> Vec<Decision> {
    let decisions = [Some(console(board, tree)), Some(memory(tree)), Some(cpus(tree)), qemu(board, tree)];
    decisions.into_iter().flatten().collect()
}

fn default(what: &'static str, value: impl Into<String>, why: impl Into<String>) -> Decision {
    Decision { what, value: value.into(), why: why.into(), entry: Entry::Default }
}

/// Where the prompt appears: what stdout-path names, if something drives it.
fn console(board: &Board, tree: &Tree<'_>) -> Decision {
    let stdout = match tree.stdout() {
        Ok(Some(stdout)) => stdout.node,
        Ok(None) => return without_stdout(board, "the tree has no stdout-path"),
        Err(_) => return without_stdout(board, "the tree's stdout-path leads nowhere"),
    };
    let known = stdout.compatible().next().unwrap_or("no compatible");
    let of_node = |device: &&Device| device.node == stdout.index();
    match board.devices.iter().find(of_node) {
        Some(device) if device.driver.is_some() && device.class == Class::Console => {
            let why = format!("stdout-path names it: `{}` ({})", device.path, device.compatible);
            default("console", &device.name, why)
        }
        Some(device) => match &device.undriven {
            Some(why) => without_stdout(board, &format!("`{}` isn't driven: {why}", device.name)),
            None => without_stdout(board, &format!("`{}` ({}) has no driver yet", device.name, device.binding_name)),
        },
        None if !stdout.enabled() => without_stdout(board, &format!("`{}` is disabled", stdout.path())),
        None => without_stdout(board, &format!("no binding knows `{}` ({known})", stdout.path())),
    }
}

/// The firmware's choice doesn't help: any other console, unless a person knows better.
fn without_stdout(board: &Board, problem: &str) -> Decision {
    let names: Vec<&str> = board.console.iter().map(|&index| board.devices[index].name.as_str()).collect();
    let list: Vec<String> = names.iter().map(|name| text(name)).collect();
    let prefer = || vec!["[console]".to_owned(), format!("prefer = [{}]", list.join(", "))];
    let (value, rest, lines) = match names[..] {
        [] => ("none", "and nothing else here has a driver: it takes one to see a prompt", Vec::new()),
        [only] => (only, "so the only one that has a driver is used: is its socket the one you have?", prefer()),
        [first, ..] => (first, "so the first in the tree's order is used: put the one with the socket first", prefer()),
    };
    Decision { what: "console", value: value.to_owned(), why: format!("{problem}, {rest}"), entry: Entry::Open(lines) }
}

/// How much RAM there is, is always the live tree's word.
fn memory(tree: &Tree<'_>) -> Decision {
    let why = match tree.memory().any(|region| region.is_ok()) {
        false => "this tree has none: firmware fills it in".to_owned(),
        true => format!("{} here; how much there is isn't pinned", Bytes(ram(tree))),
    };
    default("memory", "the live tree's", why)
}

/// Bytes of RAM that the tree has; as many as a number holds where it claims more.
fn ram(tree: &Tree<'_>) -> u64 {
    tree.memory().filter_map(Result::ok).fold(0, |total, region| total.saturating_add(region.size))
}

/// How many CPUs of which kind there are, and who starts them.
fn cpus(tree: &Tree<'_>) -> Decision {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut methods: BTreeMap<String, usize> = BTreeMap::new();
    for cpu in tree.cpus().filter_map(Result::ok) {
        let kind = cpu.node.compatible().next().unwrap_or("unnamed");
        *kinds.entry(kind.split_once(',').map_or(kind, |(_, kind)| kind)).or_default() += 1;
        let method = match cpu.enable_method {
            EnableMethod::None => "no enable-method".to_owned(),
            EnableMethod::Psci => "PSCI".to_owned(),
            EnableMethod::SpinTable { .. } => "a spin table".to_owned(),
            EnableMethod::Other(method) => format!("`{method}`"),
        };
        *methods.entry(method).or_default() += 1;
    }
    if kinds.is_empty() {
        return default("CPUs", "none", "the tree lists none: only the one that boots is used");
    }
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} × {kind}")).collect();
    let methods: Vec<String> = methods.into_keys().collect();
    default("CPUs", kinds.join(", "), format!("the tree's; started through {}", methods.join(", ")))
}

/// QEMU's own machine shows itself.
fn qemu(board: &Board, tree: &Tree<'_>) -> Option<Decision> {
    if !tree.root().is_compatible("linux,dummy-virt") {
        return None;
    }
    let is = |binding: &str| board.devices.iter().any(|device| device.binding_name == binding);
    let gic = if is("gicv3") { "3" } else { "2" };
    let cpu = tree.cpus().find_map(|cpu| cpu.ok()?.node.compatible().next()?.strip_prefix("arm,"));
    let memory = ram(tree).max(LEAST_QEMU);
    let table = format!(
        "[qemu]\nmachine = \"virt,gic-version={gic}\"\ncpu     = {}\nsmp     = {}\nmemory  = \"{}\"\n",
        text(cpu.unwrap_or("max")),
        tree.cpus().count().max(1),
        Bytes(memory),
    );
    let why = "the root is `linux,dummy-virt`; CPUs and memory as in the tree".to_owned();
    Some(Decision { what: "qemu", value: format!("virt, GICv{gic}"), why, entry: Entry::Table(table) })
}
