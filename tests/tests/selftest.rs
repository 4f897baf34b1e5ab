//! What the kernel tests of itself, on every machine that it runs on here.

use tests::{Failure, Gic, Image, Machine, paths};

/// Fewer lines than this: tests got lost.
const LEAST: usize = 10;

/// Boots, and lets the kernel test everything: no test may fail.
fn passes(name: &str, machine: &Machine, image: &Image) -> Result<(), Failure> {
    let mut guest = machine.boot(&format!("selftest-{name}"), image)?;
    guest.wait_for_prompt()?;
    let told = guest.command("selftest all")?;
    let lines: Vec<&str> = told.output.lines().collect();
    let Some((sum, rows)) = lines.split_last() else { return Err(guest.wrong("selftest says nothing")) };
    let wrong: Vec<&&str> =
        rows.iter().filter(|row| !row.starts_with("[PASS] ") && !row.starts_with("[SKIP] ")).collect();
    if !wrong.is_empty() || rows.len() < LEAST || told.status != 0 {
        return Err(guest.wrong(&format!("status {}, {wrong:#?}, of {lines:#?}", told.status)));
    }
    guest.expect(sum, " passed, 0 failed, ")
}

#[test]
fn virt_with_one_core_and_with_four() -> Result<(), Failure> {
    for cpus in [1, 4] {
        passes(&format!("gicv3-{cpus}"), &Machine::virt().cpus(cpus), Image::under_test()?)?;
    }
    Ok(())
}

#[test]
fn virt_with_a_gicv2() -> Result<(), Failure> {
    for cpus in [1, 4] {
        passes(&format!("gicv2-{cpus}"), &Machine::virt().gic(Gic::V2).cpus(cpus), Image::of_all_boards()?)?;
    }
    Ok(())
}

#[test]
fn a_raspberry_pi_4() -> Result<(), Failure> {
    let tree = std::fs::read(paths::root().join("boards/rpi4.dtb"))?;
    passes("rpi4", &Machine::raspi4b(tree), &Image::with_preset("rpi4", "debug")?)
}
