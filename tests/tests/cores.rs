//! The other cores: those that come, and those that can't, each with its reason while the rest runs.

use serde_json::Value;
use tests::{EntryLevel, Failure, Gic, Guest, Image, LiveTree, Machine, Raw, paths};

/// States and reasons, in the order of the cores' numbers.
fn cores(guest: &mut Guest) -> Result<Vec<(String, String)>, Failure> {
    let output = guest.run("cpus --json")?;
    let json: Value = serde_json::from_str(&output).map_err(|error| guest.wrong(&format!("{error}: {output}")))?;
    let text = |core: &Value, key: &str| core[key].as_str().unwrap_or_default().to_owned();
    let cores = json["cpus"].as_array().map_or(&[][..], Vec::as_slice);
    Ok(cores.iter().map(|core| (text(core, "state"), text(core, "why"))).collect())
}

/// All `count` cores of `machine` run.
fn all_come(name: &str, machine: &Machine, count: usize) -> Result<(), Failure> {
    let mut guest = machine.boot(name, Image::under_test()?)?;
    guest.wait_for_prompt()?;
    let cores = cores(&mut guest)?;
    assert_eq!(cores, vec![("running".to_owned(), String::new()); count], "{name}");
    Ok(())
}

/// Boots four cores over their own tree with one edit: core 3 must say why it doesn't run, and the others run.
fn third_says(name: &str, why: &str, edit: impl FnOnce(&mut LiveTree) -> Result<(), Failure>) -> Result<(), Failure> {
    let machine = Machine::virt().cpus(4);
    let mut tree = LiveTree::read(&machine.tree(name)?)?;
    edit(&mut tree)?;
    let mut guest = machine.raw(Raw::with_tree(tree.to_blob())).boot(name, Image::under_test()?)?;
    guest.wait_for_prompt()?;
    let cores = cores(&mut guest)?;
    let running = cores.iter().filter(|(state, _)| state == "running").count();
    assert_eq!(running, 3, "{name}: {cores:?}");
    let told = cores.iter().any(|(state, reason)| state == "failed" && reason.contains(why));
    assert!(told, "{name}: nobody says {why:?}: {cores:?}");
    Ok(())
}

/// Core 3 waits at `word`, as the tree has it.
fn spin_table(tree: &mut LiveTree, word: u64) -> Result<(), Failure> {
    tree.set("/cpus/cpu@3", "enable-method", "spin-table")?;
    tree.set("/cpus/cpu@3", "cpu-release-addr", word)?;
    Ok(())
}

#[test]
fn every_core_comes_at_both_levels() -> Result<(), Failure> {
    all_come("cores-1", &Machine::virt(), 1)?;
    all_come("cores-4", &Machine::virt().cpus(4), 4)?;
    all_come("cores-8", &Machine::virt().cpus(8), 8)?;
    all_come("cores-el2", &Machine::virt().cpus(4).entry(EntryLevel::El2), 4)
}

#[test]
fn a_core_that_the_machine_lacks_is_refused_by_psci() -> Result<(), Failure> {
    third_says("cores-absent", "PSCI: ", |tree| {
        tree.set("/cpus/cpu@3", "reg", 0x77_u32)?;
        Ok(())
    })
}

#[test]
fn a_core_without_a_way_to_start_it_stays_off() -> Result<(), Failure> {
    third_says("cores-no-method", "no enable-method", |tree| tree.remove("/cpus/cpu@3", "enable-method").map(drop))?;
    third_says("cores-strange-method", "no enable-method", |tree| {
        tree.set("/cpus/cpu@3", "enable-method", "smoke-signals").map(drop)
    })?;
    third_says("cores-disabled", "disabled in the device tree", |tree| {
        tree.set("/cpus/cpu@3", "status", "disabled").map(drop)
    })
}

/// Boots `machine` over the tree of one with `told` cores, edited.
fn boot_told(
    name: &str,
    machine: Machine,
    told: u32,
    edit: impl FnOnce(&mut LiveTree) -> Result<(), Failure>,
) -> Result<Guest, Failure> {
    let mut tree = LiveTree::read(&machine.clone().cpus(told).tree(name)?)?;
    edit(&mut tree)?;
    let mut guest = machine.raw(Raw::with_tree(tree.to_blob())).boot(name, Image::under_test()?)?;
    guest.wait_for_prompt()?;
    Ok(guest)
}

#[test]
fn four_in_the_tree_and_one_in_the_machine() -> Result<(), Failure> {
    let mut guest = boot_told("cores-four-told", Machine::virt(), 4, |_| Ok(()))?;
    let cores = cores(&mut guest)?;
    let states: Vec<&str> = cores.iter().map(|(state, _)| state.as_str()).collect();
    assert_eq!(states, ["running", "failed", "failed", "failed"]);
    assert!(cores.iter().skip(1).all(|(_, why)| why.starts_with("PSCI: ")), "{cores:?}");
    refused(&mut guest, "cpus on 3", "CPU 3 never ran; cpus says why")?;
    let log = guest.run("log")?;
    for core in 1..4 {
        guest.expect(&log, &format!("warn  CPU {core} ({core:#x}) doesn't run: PSCI: "))?;
    }
    all_is_well(&mut guest)
}

#[test]
fn one_in_the_tree_and_four_in_the_machine() -> Result<(), Failure> {
    let drop_others = |tree: &mut LiveTree| {
        for core in 1..4 {
            tree.remove_node(&format!("/cpus/cpu@{core}"))?;
        }
        Ok(())
    };
    let told = "/cpus: 1 in the device tree, 4 at the interrupt controller: the rest is left alone";
    let mut guest = boot_told("cores-one-told", Machine::virt().cpus(4), 4, drop_others)?;
    assert_eq!(states(&mut guest)?, ["running"]);
    let log = guest.run("log")?;
    guest.expect(&log, told)?;
    refused(&mut guest, "cpus on 1", "there is no CPU 1")?;
    all_is_well(&mut guest)
}

#[test]
fn a_tree_without_cpus_costs_the_others() -> Result<(), Failure> {
    let mut guest =
        boot_told("cores-none-told", Machine::virt().cpus(4), 4, |tree| tree.remove_node("/cpus").map(drop))?;
    assert_eq!(states(&mut guest)?, ["running"]);
    all_is_well(&mut guest)
}

#[test]
fn an_affinity_is_one_core_s() -> Result<(), Failure> {
    third_says("cores-twice", "another CPU has this affinity", |tree| tree.set("/cpus/cpu@3", "reg", 2_u32).map(drop))
}

#[test]
fn a_release_address_costs_no_more_than_its_core() -> Result<(), Failure> {
    third_says("cores-no-word", "no release address", |tree| {
        tree.set("/cpus/cpu@3", "enable-method", "spin-table").map(drop)
    })?;
    // Unaligned, a device's register, nothing at all, the kernel's own RAM, and its code.
    third_says("cores-odd-word", "no word of firmware's RAM", |tree| spin_table(tree, 0x4000_0004))?;
    third_says("cores-device-word", "no word of firmware's RAM", |tree| spin_table(tree, 0x900_0000))?;
    third_says("cores-far-word", "no word of firmware's RAM", |tree| spin_table(tree, u64::MAX - 7))?;
    third_says("cores-own-word", "mapped already", |tree| spin_table(tree, 0x5000_0000))?;
    third_says("cores-code-word", "no word of firmware's RAM", |tree| spin_table(tree, 0x4020_0000))
}

#[test]
fn a_core_that_never_comes_is_left_behind() -> Result<(), Failure> {
    third_says("cores-silent", "not heard of within 1000 ms", |tree| {
        tree.add_node("/", "reserved-memory")?;
        tree.set("/reserved-memory", "#address-cells", 2_u32)?;
        tree.set("/reserved-memory", "#size-cells", 2_u32)?;
        tree.set("/reserved-memory", "ranges", Vec::<u32>::new())?;
        tree.add_node("/reserved-memory", "spin@50000000")?;
        tree.set("/reserved-memory/spin@50000000", "reg", [0_u32, 0x5000_0000, 0, 0x1000].as_slice())?;
        spin_table(tree, 0x5000_0000)
    })
}

/// What core `index` has counted.
fn count(guest: &mut Guest, index: usize, name: &str) -> Result<u64, Failure> {
    let output = guest.run("cpus counts --json")?;
    let json: Value = serde_json::from_str(&output).map_err(|error| guest.wrong(&format!("{error}: {output}")))?;
    json["cpus"][index][name].as_u64().ok_or_else(|| guest.wrong(&format!("CPU {index} has no {name}: {output}")))
}

#[test]
fn cores_count_for_themselves() -> Result<(), Failure> {
    let mut guest = Machine::virt().cpus(2).boot("cores-counts", Image::under_test()?)?;
    guest.wait_for_prompt()?;
    // Threads are sent to the other core and back, and each is a box on the heap.
    guest.run("selftest thread-balance")?;
    for (index, name) in [(0, "interrupts"), (0, "allocations"), (0, "frees"), (0, "records"), (1, "kicks")] {
        assert_ne!(count(&mut guest, index, name)?, 0, "CPU {index}: {name}");
    }
    let calls = |guest: &mut Guest| count(guest, 1, "kicks");
    let before = calls(&mut guest)?;
    guest.run("selftest thread-balance")?;
    assert!(calls(&mut guest)? > before, "CPU 1 was called again, and hasn't counted it");
    assert_eq!(count(&mut guest, 1, "records")?, 0, "only the shell's core has logged anything");
    Ok(())
}

/// The states in the order of the cores' numbers.
fn states(guest: &mut Guest) -> Result<Vec<String>, Failure> {
    Ok(cores(guest)?.into_iter().map(|(state, _)| state).collect())
}

/// A command that must fail, saying `why`.
fn refused(guest: &mut Guest, line: &str, why: &str) -> Result<(), Failure> {
    let reply = guest.command(line)?;
    assert_eq!((reply.status, reply.output.trim_end()), (1, format!("error: cpus: {why}").as_str()), "{line}");
    Ok(())
}

/// Every test that the kernel makes of itself passes.
fn all_is_well(guest: &mut Guest) -> Result<(), Failure> {
    let sum = guest.run("selftest")?;
    guest.expect(&sum, " 0 failed, ")
}

/// Cores go and come back, and the kernel's own tests pass with them and without.
fn goes_and_comes(name: &str, machine: &Machine, image: &Image) -> Result<(), Failure> {
    let mut guest = machine.boot(name, image)?;
    guest.wait_for_prompt()?;
    for line in ["cpus off 3", "cpus off 1"] {
        assert_eq!(guest.run(line)?, "", "{line}");
    }
    assert_eq!(states(&mut guest)?, ["running", "off", "running", "off"], "{name}");
    refused(&mut guest, "cpus off 3", "CPU 3 is off already")?;
    let uptime = guest.run("uptime")?;
    guest.expect(&uptime, "2 CPUs online")?;
    all_is_well(&mut guest)?;
    for line in ["cpus on 1", "cpus on 3"] {
        assert_eq!(guest.run(line)?, "", "{line}");
    }
    assert_eq!(states(&mut guest)?, ["running"; 4], "{name}");
    all_is_well(&mut guest)?;
    let stress = guest.run("stress 1")?;
    guest.expect(&stress, "4 CPUs")?;
    guest.expect(&stress, ": PASS")
}

#[test]
fn a_core_goes_off_and_comes_back() -> Result<(), Failure> {
    goes_and_comes("cores-off-gicv3", &Machine::virt().cpus(4), Image::under_test()?)?;
    goes_and_comes("cores-off-el2", &Machine::virt().cpus(4).entry(EntryLevel::El2), Image::under_test()?)?;
    goes_and_comes("cores-off-gicv2", &Machine::virt().gic(Gic::V2).cpus(4), Image::of_all_boards()?)
}

#[test]
fn all_others_can_go() -> Result<(), Failure> {
    let mut guest = Machine::virt().cpus(3).boot("cores-off-all", Image::under_test()?)?;
    guest.wait_for_prompt()?;
    for line in ["cpus off 1", "cpus off 2"] {
        guest.run(line)?;
    }
    all_is_well(&mut guest)?;
    guest.send_line("panic --yes")?;
    let story = guest.wait_for("panic: halted")?;
    assert!(!story.contains("doesn't stop"), "a core that is off is waited for:\n{story}");
    Ok(())
}

#[test]
fn what_can_not_go_off_or_on_says_why() -> Result<(), Failure> {
    let mut guest = Machine::virt().cpus(2).boot("cores-off-refused", Image::under_test()?)?;
    guest.wait_for_prompt()?;
    refused(&mut guest, "cpus off 0", "CPU 0 stays on: it takes the devices' interrupts")?;
    refused(&mut guest, "cpus off 2", "there is no CPU 2")?;
    refused(&mut guest, "cpus on 2", "there is no CPU 2")?;
    refused(&mut guest, "cpus on 1", "CPU 1 is on already")?;
    refused(&mut guest, "cpus off none", "\"none\" is no number of a CPU")?;
    assert_eq!(states(&mut guest)?, ["running"; 2]);
    let least = Image::with_preset("qemu-virt", "hw-minimal")?;
    let mut guest = Machine::virt().cpus(2).boot("cores-off-preset", &least)?;
    guest.wait_for_prompt()?;
    refused(&mut guest, "cpus off 1", "CPU 1 stays as it is: the preset leaves out cpu-hotplug")
}

#[test]
fn a_spin_table_has_no_way_back() -> Result<(), Failure> {
    let tree = std::fs::read(paths::root().join("boards/rpi4.dtb"))?;
    let image = Image::with_preset("rpi4", "debug")?;
    let mut guest = Machine::raspi4b(tree).boot("cores-off-rpi4", &image)?;
    guest.wait_for_prompt()?;
    refused(&mut guest, "cpus off 3", "CPU 3 stays on: it came through a spin table, which has no way back")?;
    let told = guest.run("selftest cpu-off-on")?;
    guest.expect(&told, "[SKIP] cpu-off-on (CPU 3 stays on: it came through a spin table")
}
