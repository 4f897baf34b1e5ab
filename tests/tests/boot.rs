//! Boots that must reach the prompt: CPUs, memory, exception levels, load addresses.

use std::time::Duration;

use serde_json::Value;
use tests::{EntryLevel, Failure, Guest, Image, LiveTree, Machine, Raw};

/// Boots to the prompt; every fact of this machine must match but for `drifts` of them.
fn boots(name: &str, machine: &Machine, drifts: usize) -> Result<Guest, Failure> {
    let mut guest = machine.boot(name, Image::under_test()?)?;
    let screen = guest.wait_for_prompt()?;
    guest.expect(&screen, &format!(" match, {drifts} drift"))?;
    guest.expect(&screen, "Keel ")?;
    for word in ["UNCHECKED", "STOP", "panic"] {
        if screen.contains(word) {
            return Err(guest.wrong(&format!("{word:?} on the way to the prompt")));
        }
    }
    Ok(guest)
}

/// A command's JSON.
fn json(guest: &mut Guest, line: &str) -> Result<Value, Failure> {
    let output = guest.run(line)?;
    serde_json::from_str(&output).map_err(|error| guest.wrong(&format!("`{line}`: {error}: {output}")))
}

fn ends(mut guest: Guest) -> Result<(), Failure> {
    guest.send_line("poweroff")?;
    guest.wait_for_exit().map(drop)
}

#[test]
fn one_cpu_at_el1() -> Result<(), Failure> {
    let mut guest = boots("boot-el1", &Machine::virt(), 0)?;
    assert_eq!(json(&mut guest, "boot --json")?["entry_level"], 1);
    ends(guest)
}

#[test]
fn four_cpus_at_el1() -> Result<(), Failure> {
    ends(boots("boot-el1-4", &Machine::virt().cpus(4), 0)?)
}

#[test]
fn one_cpu_at_el2_where_psci_is_called_by_smc() -> Result<(), Failure> {
    let mut guest = boots("boot-el2", &Machine::virt().entry(EntryLevel::El2), 1)?;
    assert_eq!(json(&mut guest, "boot --json")?["entry_level"], 2);
    let drift = guest.run("board facts --drift")?;
    guest.expect(&drift, "psci.conduit")?;
    ends(guest)
}

#[test]
fn four_cpus_at_el2() -> Result<(), Failure> {
    ends(boots("boot-el2-4", &Machine::virt().cpus(4).entry(EntryLevel::El2), 1)?)
}

#[test]
fn little_memory() -> Result<(), Failure> {
    let mut guest = boots("boot-128m", &Machine::virt().memory_mib(128), 0)?;
    assert_eq!(ram(&mut guest)?, 128 << 20);
    ends(guest)
}

#[test]
fn more_memory_than_32_bits_address() -> Result<(), Failure> {
    let mut guest = boots("boot-4g", &Machine::virt().memory_mib(4096), 0)?;
    assert_eq!(ram(&mut guest)?, 4096 << 20);
    ends(guest)
}

/// From the lowest to the highest RAM address that `mem` knows.
fn ram(guest: &mut Guest) -> Result<u64, Failure> {
    let mem = json(guest, "mem --json")?;
    let regions: &[Value] = mem["regions"].as_array().map_or(&[], Vec::as_slice);
    let of_ram = regions.iter().filter(|region| region["kind"] != "device");
    let bounds = of_ram.filter_map(|region| {
        let base = u64::from_str_radix(region["base"].as_str()?.trim_start_matches("0x"), 16).ok()?;
        Some((base, base + region["size"].as_u64()?))
    });
    let (low, high) = bounds.fold((u64::MAX, 0), |(low, high), (start, end)| (low.min(start), high.max(end)));
    Ok(high.saturating_sub(low))
}

#[test]
fn any_address_that_is_a_multiple_of_2_mib() -> Result<(), Failure> {
    let tree = Machine::virt().tree("boot-addresses")?;
    let last = 0x6000_0000 - 0x40_0000;
    for (image_at, tree_at) in [(0x4020_0000, 0x4400_0000), (0x4a60_0000, 0x4030_0008), (last, 0x5fff_0000 - 0x80_0000)]
    {
        let raw = Raw::with_tree(trimmed(&tree)?).image_at(image_at).tree_at(tree_at);
        ends(boots(&format!("boot-at-{image_at:x}"), &Machine::virt().raw(raw), 0)?)?;
    }
    Ok(())
}

/// The tree without the megabyte of room that QEMU leaves.
fn trimmed(tree: &[u8]) -> Result<Vec<u8>, Failure> {
    Ok(LiveTree::read(tree)?.to_blob())
}

#[test]
fn a_reboot_starts_over() -> Result<(), Failure> {
    let mut guest = boots("boot-reboot", &Machine::virt(), 0)?;
    guest.send_line("reboot")?;
    guest.wait_for("Keel ")?;
    guest.wait_for_prompt()?;
    assert!(guest.is_running()?);
    ends(guest)
}

#[test]
fn nothing_happens_by_itself_at_the_prompt() -> Result<(), Failure> {
    let mut guest = boots("boot-quiet", &Machine::virt().cpus(4), 0)?;
    let before = guest.transcript();
    assert_eq!(guest.settle(Duration::from_millis(500))?, before);
    Ok(())
}
