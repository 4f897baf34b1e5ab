//! A timer that can't be used: the kernel says so, and goes on without it.

use tests::{Failure, Image, LiveTree, Machine, Raw};

#[test]
fn a_counter_of_no_known_rate_is_told_and_nothing_waits_for_it() -> Result<(), Failure> {
    for cpus in [1, 4] {
        goes_on(&format!("timer-no-rate-{cpus}"), &Machine::virt().cpus(cpus))?;
    }
    Ok(())
}

/// Threads wait for each other as ever; what needs the time says that it has none.
fn goes_on(name: &str, machine: &Machine) -> Result<(), Failure> {
    let tree = LiveTree::read(&machine.tree(name)?)?;
    let raw = Raw::with_tree(tree.to_blob()).without_rate();
    let mut guest = machine.clone().raw(raw).boot(name, Image::under_test()?)?;
    let screen = guest.wait_for_prompt()?;
    let told = "timer: not started: CNTFRQ_EL0 is 0: firmware hasn't said how fast the counter is";
    guest.expect(&screen, told)?;
    let log = guest.run("log")?;
    guest.expect(&log, told)?;
    let tested = guest.run("selftest all")?;
    for row in [
        "[PASS] thread-wake (",
        "[PASS] semaphore (",
        "[PASS] work-queue (",
        "[SKIP] thread-turns (no timer runs)",
        "[SKIP] sleep (no timer runs)",
        "[SKIP] deadline-budget (the counter's rate is 0 Hz)",
        " passed, 0 failed, ",
    ] {
        guest.expect(&tested, row)?;
    }
    let deadlines = guest.run("threads deadlines")?;
    guest.expect(&deadlines, "timer: can't be relied on: the counter's rate is 0 Hz")?;
    guest.send_line("poweroff")?;
    guest.wait_for_exit().map(drop)
}

#[test]
fn a_rate_that_tree_and_counter_disagree_on_is_told() -> Result<(), Failure> {
    let machine = Machine::virt();
    let mut tree = LiveTree::read(&machine.tree("timer-two-rates")?)?;
    tree.set("/timer", "clock-frequency", 0_u32)?;
    let mut guest = machine.raw(Raw::with_tree(tree.to_blob())).boot("timer-two-rates", Image::under_test()?)?;
    guest.wait_for_prompt()?;
    let log = guest.run("log")?;
    guest.expect(&log, "warn  timer: clock-frequency is 0 Hz, CNTFRQ_EL0 says 62_500_000 Hz, which is used")?;
    let slept = guest.run("selftest sleep")?;
    guest.expect(&slept, "[PASS] sleep (")?;
    guest.send_line("poweroff")?;
    guest.wait_for_exit().map(drop)
}
