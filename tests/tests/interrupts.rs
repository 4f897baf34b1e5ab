//! Interrupts that don't come: the kernel names the step, and goes on without them.

use tests::{EntryLevel, Failure, Image, LiveTree, Machine, Raw};

#[test]
fn a_controller_that_delivers_nothing_is_told_and_not_used() -> Result<(), Failure> {
    let machine = Machine::virt().entry(EntryLevel::El2);
    let tree = LiveTree::read(&machine.tree("interrupts-kept")?)?;
    let raw = Raw::with_tree(tree.to_blob()).under_hypervisor();
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
