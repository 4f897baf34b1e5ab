//! Interrupts that don't come: the kernel names the step, and goes on without them.

use tests::{EntryLevel, Failure, Image, Keeps, LiveTree, Machine, Raw};

#[test]
fn a_controller_that_delivers_nothing_is_told_and_not_used() -> Result<(), Failure> {
    let machine = Machine::virt().entry(EntryLevel::El2);
    let tree = LiveTree::read(&machine.tree("interrupts-kept")?)?;
    let raw = Raw::with_tree(tree.to_blob()).under_hypervisor(Keeps::Boot);
    let mut guest = machine.raw(raw).boot("interrupts-kept", Image::under_test()?)?;
    let screen = guest.wait_for_prompt()?;
    guest.expect(&screen, " · EL1")?;
    guest.expect(&screen, "not started: its verification failed, because INTID 15 doesn't become pending")?;
    guest.expect(&screen, "timer: not started: there is no interrupt controller")?;
    guest.expect(&screen, "no interrupt controller runs: the console is polled, nothing ticks")?;
    // And it answers.
    assert_eq!(guest.run("echo heard")?.trim(), "heard");
    guest.send_line("poweroff")?;
    guest.wait_for_exit().map(drop)
}

#[test]
fn a_core_whose_interrupts_do_not_come_is_told_and_not_used() -> Result<(), Failure> {
    // Time is executed instructions: how long the core is waited for doesn't hang on the host.
    let machine = Machine::virt().cpus(2).entry(EntryLevel::El2).extra(&["-icount", "shift=4,sleep=off"]);
    let tree = LiveTree::read(&machine.tree("interrupts-kept-from-others")?)?;
    let raw = Raw::with_tree(tree.to_blob()).under_hypervisor(Keeps::Others);
    let mut guest = machine.raw(raw).boot("interrupts-kept-from-others", Image::under_test()?)?;
    guest.wait_for_prompt()?;
    let cores = guest.run("cpus")?;
    let line = cores.lines().nth(2).unwrap_or_default();
    guest.expect(line, "failed   its interrupts: INTID 15 doesn't become pending")?;
    let log = guest.run("log")?;
    guest.expect(&log, "CPU 1 (0x1) doesn't run: its interrupts: INTID 15 doesn't become pending")?;
    let sum = guest.run("selftest")?;
    guest.expect(&sum, " 0 failed, ")?;
    guest.send_line("panic --yes")?;
    let story = guest.wait_for("panic: halted")?;
    assert!(!story.contains("doesn't stop"), "a core that halts has stopped:\n{story}");
    Ok(())
}
