//! Holds a booted kernel to what mutations expect.

use std::collections::BTreeMap;

use hardware::board::{Board, Class, Fact, Item, Origin, Policy, Recorded};
use hardware::check::Verdict;
use serde_json::Value;

use super::{Expected, Mutation, Reference, host, kind, raspi4b};
use crate::{EntryLevel, Failure, Gic, Guest, Image, LiveTree, Machine, Raw};

/// What the shell prints about facts, an object a line.
const FACTS: &str = "board facts --json";
const DIFFERENCES: &str = "board facts --drift --json";

/// The machine that the board's reference tree describes, with `tree` handed over in its place.
fn machine(reference: &Reference, tree: &LiveTree) -> Machine {
    if raspi4b::shows(reference.board) {
        return Machine::raspi4b(tree.to_blob());
    }
    let cpus = u32::try_from(reference.board.cpus.len()).unwrap_or(1);
    let gic = match reference.board.devices.iter().any(|device| device.binding == "gicv2") {
        true => Gic::V2,
        false => Gic::V3,
    };
    let mut machine = Machine::virt().gic(gic).cpus(cpus).memory_mib(reference.memory_mib());
    if reference.board.devices.iter().filter(|device| device.class == Class::Console).count() > 1 {
        machine = machine.second_serial();
    }
    if reference.board.first(Class::Pcie).and_then(|host| reference.base_of(host)).is_some_and(|base| base >> 32 == 0) {
        machine = machine.option("highmem=off");
    }
    // Only a machine whose PSCI is called by `smc` survives a tree that says so.
    let by_smc = |device: &&hardware::board::Device| {
        device.conduit.is_some() && tree.value(device.path, "method").is_ok_and(|method| method == b"smc\0")
    };
    let entry =
        if reference.board.devices.iter().any(|device| by_smc(&device)) { EntryLevel::El2 } else { EntryLevel::El1 };
    machine.entry(entry).raw(Raw::with_tree(tree.to_blob()))
}

/// Boots the machine that the board's reference tree describes, with `tree` handed over in its place.
pub fn boot(reference: &Reference, tree: &LiveTree, name: &str, image: &Image) -> Result<Guest, Failure> {
    machine(reference, tree).boot(name, image)
}

/// The tree as the kernel gets it from the machine that shows the board.
fn seen(board: &Board, tree: &LiveTree) -> Result<LiveTree, Failure> {
    if raspi4b::shows(board) { raspi4b::seen(tree) } else { Ok(tree.clone()) }
}

/// Whether the machine that shows the board lets what the mutation proves be seen.
pub fn can_prove(reference: &Reference, mutation: &Mutation) -> bool {
    !raspi4b::shows(reference.board) || raspi4b::proves(reference, mutation)
}

/// Boots the unedited tree; fails unless the kernel says of every fact of the board that it matches, or that it is missing
/// where the machine has taken it out.
pub fn matches(reference: &Reference, image: &Image) -> Result<(), Failure> {
    let mut guest = machine(reference, &reference.tree)
        .boot(&format!("mismatch-pristine-{}", file(&reference.board.title().to_string())), image)?;
    let screen = guest.wait_for_prompt()?;
    guest.expect(&screen, &format!(" · {} · ", reference.board.title()))?;
    let rows = rows(&mut guest, FACTS)?;
    if rows.len() != reference.board.facts.len() {
        return Err(guest.wrong(&format!("{} rows for {} facts", rows.len(), reference.board.facts.len())));
    }
    let shown = seen(reference.board, &reference.tree)?;
    for (row, fact) in rows.iter().zip(reference.board.facts) {
        if reference.board.place(fact).is_some_and(|path| !shown.has(path)) {
            if row["fact"] != fact.name || row["verdict"] != "missing" {
                return Err(guest.wrong(&format!("{} must be missing, the kernel says {row}", fact.name)));
            }
            continue;
        }
        let claimed = fact.claimed.to_string();
        // What a fix puts right is still wrong in the tree.
        let live = match fact.origin {
            Origin::Fix(fixed) => match fixed.recorded {
                Recorded::Value(value) => Some(value.to_string()),
                _ => None,
            },
            _ => Some(claimed.clone()),
        };
        let same = row["fact"] == fact.name && row["verdict"] == "match" && row["policy"] == fact.policy.as_str();
        if !same || row["claimed"] != claimed.as_str() || row["live"].as_str() != live.as_deref() {
            return Err(guest.wrong(&format!("{} must match, the kernel says {row}", fact.name)));
        }
    }
    Ok(())
}

/// Boots a mutation; fails unless the kernel says exactly what is expected, and stops exactly where it must.
pub fn verify(reference: &Reference, mutation: &Mutation, image: &Image) -> Result<(), Failure> {
    let name = file(&format!("mismatch-{} {}", reference.board.title(), mutation.name));
    let machine = machine(reference, &mutation.tree);
    let (board, mut expected) = kind::taken(reference, mutation)?;
    if raspi4b::shows(board) {
        expected = raspi4b::expected(board, &mutation.tree, expected);
    }
    if super::stops(board, &expected) {
        let elsewhere = !raspi4b::shows(board) && told_on(board, &expected) > 0;
        let machine = if elsewhere { machine.second_serial_heard() } else { machine };
        return stops(board, mutation, machine.boot(&name, image)?);
    }
    let guest = machine.boot(&name, image)?;
    // Without a device of a variant's own a machine may be the board itself, and nothing differs; not so with a fact.
    match expected.is_empty() && mutation.proves.is_some() {
        true => Err(guest.wrong("nothing would tell of this")),
        false => goes_on(board, mutation, &expected, guest),
    }
}

/// Which of the board's consoles a stop is told on: the first about which nothing differs, else the first.
fn told_on(board: &Board, expected: &BTreeMap<String, Expected>) -> usize {
    let differs = |console: u16| {
        let mut facts = board.facts.iter().filter(|fact| fact.device == Some(console));
        facts.any(|fact| expected.contains_key(fact.name))
    };
    board.console.iter().position(|&console| !differs(console)).unwrap_or(0)
}

/// A file's name for a transcript.
fn file(name: &str) -> String {
    name.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}

/// The boot reaches the prompt as `board`, the ledger has exactly the expected differences, and each has its effect.
fn goes_on(
    board: &'static Board,
    mutation: &Mutation,
    expected: &BTreeMap<String, Expected>,
    mut guest: Guest,
) -> Result<(), Failure> {
    let screen = guest.wait_for_prompt()?;
    guest.expect(&screen, &format!(" · {} · ", board.title()))?;
    guest.expect(&screen, ", 0 fatal")?;
    let rows = rows(&mut guest, DIFFERENCES)?;
    if rows.len() != expected.len() {
        return Err(guest.wrong(&format!("expected {expected:#?}, the kernel says {rows:#?}")));
    }
    for (name, expected) in expected {
        let said = rows.iter().any(|row| row["fact"] == name.as_str() && says(row, expected));
        if !said {
            return Err(guest.wrong(&format!("expected {name} {expected:?}, the kernel says {rows:#?}")));
        }
    }
    for fact in board.facts {
        if let Some(expected) = expected.get(fact.name) {
            has_effect(board, fact, expected.verdict, &screen, &guest)?;
        }
    }
    match mutation.proves {
        Some(fact) if fact.item == Item::Conduit && fact.policy == Policy::LiveWins => ends(guest),
        _ => Ok(()),
    }
}

/// A driver isn't started when its device isn't there or may have its registers elsewhere, and is when live wins.
fn has_effect(board: &Board, fact: &Fact, verdict: Verdict, screen: &str, guest: &Guest) -> Result<(), Failure> {
    let device = fact.device.and_then(|index| board.devices.get(usize::from(index)));
    let Some(device) = device.filter(|device| device.driver.is_some()) else { return Ok(()) };
    // One console is opened; nobody tries to start another.
    let opened = board.console.first().and_then(|&console| board.devices.get(usize::from(console)));
    if device.class == Class::Console && opened.is_none_or(|opened| opened.path != device.path) {
        return Ok(());
    }
    let started = !screen.contains(&format!("{}: not started: ", device.name));
    let must_start = match (fact.policy, fact.item) {
        (Policy::Warn, Item::Compatible | Item::Window(_)) => false,
        (Policy::LiveWins, _) if verdict == Verdict::Drift => true,
        (Policy::StaticWins, _) => true,
        // Whether the driver needs it is the driver's business.
        _ => return Ok(()),
    };
    if started == must_start {
        return Ok(());
    }
    let what = if started { "is started" } else { "isn't started" };
    Err(guest.wrong(&format!("{}: {verdict} under {}, and {} {what}", fact.name, fact.policy, device.name)))
}

/// The live conduit is in use: the machine can be switched off through it.
fn ends(mut guest: Guest) -> Result<(), Failure> {
    guest.send_line("poweroff")?;
    guest.wait_for_exit().map(drop)
}

fn says(row: &Value, expected: &Expected) -> bool {
    row["verdict"] == expected.verdict.as_str() && row["live"].as_str() == expected.live.as_deref()
}

/// The boot stops and tells why: each fatal row, word by word, and the change to the board file for it.
fn stops(board: &'static Board, mutation: &Mutation, mut guest: Guest) -> Result<(), Failure> {
    let ledger = host::ledger_of(board, &seen(board, &mutation.tree)?)?;
    let story = ledger.stop().map(|story| story.to_string()).unwrap_or_default();
    for line in story.lines().filter(|line| !line.is_empty()) {
        guest.wait_for(line)?;
    }
    let screen = guest.settle(std::time::Duration::from_millis(30))?;
    if screen.contains(crate::PROMPT) {
        return Err(guest.wrong("a prompt behind a fatal fact"));
    }
    Ok(())
}

/// Boots a tree whose root `compatible` no table has; fails unless the kernel refuses it with both lists.
pub fn refuses(reference: &Reference, tree: &LiveTree, image: &Image) -> Result<(), Failure> {
    let mut guest = machine(reference, tree).boot("mismatch-another-machine", image)?;
    guest.wait_for("no board table fits this machine")?;
    guest.wait_for("\"keel,another-machine\"")?;
    let Board { name, compatible, .. } = reference.board;
    guest.wait_for(&format!("{name}: \"{}\"", compatible.first().unwrap_or(&"")))?;
    let screen = guest.settle(std::time::Duration::from_millis(30))?;
    if screen.contains(crate::PROMPT) { Err(guest.wrong("a prompt without a board")) } else { Ok(()) }
}

fn rows(guest: &mut Guest, command: &str) -> Result<Vec<Value>, Failure> {
    let output = guest.run(command)?;
    let parse =
        |line| serde_json::from_str(line).map_err(|error| guest.wrong(&format!("`{command}`: {error}: {line}")));
    output.lines().map(parse).collect()
}
