//! What the kernel tests of itself, on every machine that it runs on here.

use std::time::Duration;

use tests::{Failure, Gic, Guest, Image, Machine, Patience, paths};

/// Tests that pass on every machine.
const EVERYWHERE: [&str; 17] = [
    "frames",
    "heap",
    "mappings",
    "stacks",
    "thread-join",
    "thread-priorities",
    "thread-preemption",
    "thread-turns",
    "thread-wake",
    "thread-table",
    "sleep",
    "sleep-order",
    "mutex",
    "condvar",
    "semaphore",
    "channel",
    "work-queue",
];
/// Tests that pass where several cores run.
const ON_CORES: [&str; 2] = ["thread-balance", "thread-rescue"];
/// A test that needs firmware which switches cores off.
const BY_FIRMWARE: [&str; 1] = ["cpu-off-on"];
/// Tests that a host may be too busy for; where time is instructions they pass.
const IN_TIME: [&str; 5] = ["deadline-budget", "deadline-met", "deadline-refusal", "deadline-timer", "timer-stall"];

/// By how many µs no sleep is late where time is instructions: 20,000 of them to wake a thread.
const LATEST_SLEEP: u64 = 20;

/// What tests provoke, and a host that stands still for a moment: a reservation that doesn't fit, and a timer that can't be relied on.
const PROVOKED: [&str; 5] = [
    "waiting gets no reservation: ",
    " gets no reservation: the timer can't be relied on",
    "the timer can't be relied on: the counter stands still",
    "the timer can't be relied on: no timer interrupt came within ",
    " aren't kept",
];

/// Boots, and lets the kernel test everything: no test may fail, all cores run, and nothing that isn't provoked is worth a
/// warning. Returns the rows.
fn passes(name: &str, machine: &Machine, image: &Image, cpus: usize) -> Result<Vec<String>, Failure> {
    let mut guest = machine.boot(&format!("selftest-{name}"), image)?;
    guest.wait_for_prompt()?;
    assert_eq!(running(&mut guest)?, cpus, "{name}: cores that run");
    // One lasts two seconds of the guest's, which may be many of a busy host's.
    guest.patience = Patience { silence: Duration::from_secs(180), limit: Duration::from_secs(400) };
    let told = guest.command("selftest all")?;
    let lines: Vec<&str> = told.output.lines().collect();
    let Some((sum, rows)) = lines.split_last() else { return Err(guest.wrong("selftest says nothing")) };
    let wrong: Vec<&&str> = rows.iter().filter(|row| !is_no_failure(row)).collect();
    let passed = |name: &&&str| rows.iter().any(|row| row.starts_with(&format!("[PASS] {name} (")));
    let on_cores = ON_CORES.iter().filter(|_| cpus > 1);
    let lost: Vec<&&str> = EVERYWHERE.iter().chain(on_cores).filter(|name| !passed(name)).collect();
    let there = |name: &&&str| rows.iter().any(|row| row.contains(&format!("] {name} (")));
    let gone: Vec<&&str> = ON_CORES.iter().chain(&IN_TIME).chain(&BY_FIRMWARE).filter(|name| !there(name)).collect();
    if !wrong.is_empty() || !lost.is_empty() || !gone.is_empty() || told.status != 0 {
        return Err(guest.wrong(&format!(
            "status {}, {wrong:#?}, not passed {lost:?}, not there {gone:?}, of {lines:#?}",
            told.status
        )));
    }
    guest.expect(sum, " passed, 0 failed, ")?;
    let log = guest.run("log")?;
    let mut loud = log.lines().filter(|line| line.contains("] warn ") || line.contains("] error "));
    match loud.find(|line| !PROVOKED.iter().any(|provoked| line.contains(provoked))) {
        Some(line) => Err(guest.wrong(&format!("the log has {line:?}"))),
        None => Ok(rows.iter().map(ToString::to_string).collect()),
    }
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
    passes("rpi4", &Machine::raspi4b(tree), &Image::with_preset("rpi4", "debug")?, 4).map(drop)
}

/// Where no host comes between, interrupts are late by what the kernel itself needs, and no deadline test may be skipped for it.
#[test]
fn time_that_is_instructions() -> Result<(), Failure> {
    // The second clock is the same time, else the kernel finds that they disagree.
    let machine = Machine::virt().cpus(1).instructions_as_time().extra(&["-rtc", "clock=vm"]);
    let rows = passes("instructions", &machine, Image::under_test()?, 1)?;
    let row =
        |name: &str| rows.iter().find_map(|row| row.strip_prefix("[PASS] ")?.strip_prefix(name)?.strip_prefix(" ("));
    for name in IN_TIME {
        assert!(row(name).is_some(), "{name}: {rows:#?}");
    }
    let sleep = row("sleep").unwrap_or_default();
    let micros = sleep.strip_prefix("at most ").and_then(|rest| rest.split_once(' ')?.0.parse::<u64>().ok());
    assert!(micros.is_some_and(|late| late < LATEST_SLEEP), "{sleep}");
    let budget = row("deadline-budget").unwrap_or_default();
    let numbers: Vec<u64> = budget.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
    let [longest, budget, late, soonest, stops] = numbers[..] else { panic!("{budget:?}") };
    assert_eq!((budget, stops), (5_000_000, 10));
    assert!(longest > 4_990_000 && longest <= budget + late, "{longest} instructions at most");
    assert!(late < 2_000 && soonest < 2_000, "{late} instructions late, on after {soonest}");
    Ok(())
}
