//! One image with the tables of all boards: each machine gets its own.

use tests::{Failure, Gic, Guest, Image, Machine, paths};

/// Boots the image of all boards to the prompt, as `board`.
fn boots_as(board: &str, machine: &Machine) -> Result<(Guest, String), Failure> {
    let mut guest = machine.boot(&format!("universal-{board}"), Image::of_all_boards()?)?;
    let screen = guest.wait_for_prompt()?;
    guest.expect(&screen, &format!(" · {board} · "))?;
    guest.expect(&screen, " 0 drift")?;
    guest.expect(&screen, " 0 fatal")?;
    Ok((guest, screen))
}

#[test]
fn virt_with_a_gicv3_is_qemu_virt() -> Result<(), Failure> {
    let (mut guest, screen) = boots_as("qemu-virt", &Machine::virt())?;
    assert!(!screen.contains("polled") && !screen.contains("no driver"), "{screen}");
    guest.send_line("poweroff")?;
    guest.wait_for_exit().map(drop)
}

#[test]
fn virt_with_a_gicv2_is_another_board_and_says_what_is_missing() -> Result<(), Failure> {
    let (mut guest, screen) = boots_as("qemu-virt-gicv2", &Machine::virt().gic(Gic::V2))?;
    guest.expect(&screen, "timer: not started: there is no interrupt controller")?;
    guest.expect(&screen, "no interrupt controller runs: the console is polled, nothing ticks")?;
    let irq = screen.lines().find(|line| line.contains(" gicv2 @ "));
    assert!(irq.is_some_and(|line| line.trim_end().ends_with("no driver")), "{screen}");
    // And it answers.
    assert_eq!(guest.run("echo heard")?.trim(), "heard");
    guest.send_line("poweroff")?;
    guest.wait_for_exit().map(drop)
}

#[test]
fn a_raspberry_pi_4_is_rpi4() -> Result<(), Failure> {
    let tree = paths::root().join("boards/rpi4.dtb");
    let (mut guest, screen) = boots_as("rpi4", &Machine::raspi4b(&tree.display().to_string()))?;
    guest.expect(&screen, "4 × Cortex-A72")?;
    guest.expect(&screen, "EL2 → EL1")?;
    guest.expect(&screen, "gicv2 @ 0xff84_1000")?;
    assert_eq!(guest.run("echo heard")?.trim(), "heard");
    Ok(())
}
