//! What the kernel tests of itself, on every machine that it runs on here.

use tests::{Failure, Gic, Guest, Image, Machine, paths};

/// Fewer lines than this: tests got lost.
const LEAST: usize = 16;

/// Boots, and lets the kernel test everything: no test may fail, all cores run, and nothing is worth a warning.
fn passes(name: &str, machine: &Machine, image: &Image, cpus: usize) -> Result<(), Failure> {
    let mut guest = machine.boot(&format!("selftest-{name}"), image)?;
    guest.wait_for_prompt()?;
    assert_eq!(running(&mut guest)?, cpus, "{name}: cores that run");
    let told = guest.command("selftest all")?;
    let lines: Vec<&str> = told.output.lines().collect();
    let Some((sum, rows)) = lines.split_last() else { return Err(guest.wrong("selftest says nothing")) };
    let wrong: Vec<&&str> = rows.iter().filter(|row| !is_no_failure(row)).collect();
    if !wrong.is_empty() || rows.len() < LEAST || told.status != 0 {
        return Err(guest.wrong(&format!("status {}, {wrong:#?}, of {lines:#?}", told.status)));
    }
    guest.expect(sum, " passed, 0 failed, ")?;
    let log = guest.run("log")?;
    let loud = log.lines().find(|line| line.contains("] warn ") || line.contains("] error "));
    loud.map_or(Ok(()), |line| Err(guest.wrong(&format!("the log has {line:?}"))))
}

/// `[PASS|SKIP] name (why)`.
fn is_no_failure(line: &str) -> bool {
    let rest = ["[PASS] ", "[SKIP] "].iter().find_map(|word| line.strip_prefix(word));
    let named = rest.and_then(|rest| rest.strip_suffix(')')?.split_once(" ("));
    named.is_some_and(|(name, why)| !name.is_empty() && !name.contains(' ') && !why.is_empty())
}

fn running(guest: &mut Guest) -> Result<usize, Failure> {
    let output = guest.run("cpus --json")?;
    let json: serde_json::Value = serde_json::from_str(&output).map_err(|error| guest.wrong(&error.to_string()))?;
    Ok(json["cpus"].as_array().into_iter().flatten().filter(|core| core["state"] == "running").count())
}

#[test]
fn virt_with_one_core_and_with_four() -> Result<(), Failure> {
    for cpus in [1, 4] {
        let machine = Machine::virt().cpus(cpus);
        passes(&format!("gicv3-{cpus}"), &machine, Image::under_test()?, cpus as usize)?;
    }
    Ok(())
}

#[test]
fn virt_with_a_gicv2() -> Result<(), Failure> {
    for cpus in [1, 4] {
        let machine = Machine::virt().gic(Gic::V2).cpus(cpus);
        passes(&format!("gicv2-{cpus}"), &machine, Image::of_all_boards()?, cpus as usize)?;
    }
    Ok(())
}

#[test]
fn a_raspberry_pi_4() -> Result<(), Failure> {
    let tree = std::fs::read(paths::root().join("boards/rpi4.dtb"))?;
    passes("rpi4", &Machine::raspi4b(tree), &Image::with_preset("rpi4", "debug")?, 4)
}
