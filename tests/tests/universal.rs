//! One image with the tables of all boards: each machine gets its own.

use tests::{Failure, Gic, Guest, Image, Machine, paths};

/// Boots the image of all boards to the prompt, as `board`.
fn boots_as(board: &str, machine: &Machine) -> Result<(Guest, String), Failure> {
    let mut guest = machine.boot(&format!("universal-{board}"), Image::of_all_boards()?)?;
    let screen = guest.wait_for_prompt()?;
    guest.expect(&screen, &format!(" · {board} · "))?;
    guest.expect(&screen, " 0 drift")?;
    guest.expect(&screen, " 0 fatal")?;
    assert!(!screen.contains("polled") && !screen.contains("not started"), "{screen}");
    Ok((guest, screen))
}

/// The timer's line is let through, for when something is due; the console's counts on with each byte that is typed.
fn has_interrupts(guest: &mut Guest, timer: u64, console: u64) -> Result<(), Failure> {
    let mut line = |intid: u64| -> Result<(bool, u64), Failure> {
        let table = guest.run("irq")?;
        let rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let row = rows.into_iter().find(|row| row.first() == Some(&intid.to_string().as_str()));
        let row = row.ok_or_else(|| guest.wrong(&format!("no INTID {intid} in\n{table}")))?;
        let count = row.get(row.len() - 2).and_then(|count| count.parse().ok());
        Ok((row.contains(&"on"), count.ok_or_else(|| guest.wrong(&format!("no count of INTID {intid} in\n{table}")))?))
    };
    assert!(line(timer)?.0, "the timer's line is off");
    let (before, after) = (line(console)?, line(console)?);
    assert!(before.0 && after.1 > before.1, "{before:?}, then {after:?}");
    Ok(())
}

#[test]
fn virt_with_a_gicv3_is_qemu_virt() -> Result<(), Failure> {
    let (mut guest, screen) = boots_as("qemu-virt", &Machine::virt())?;
    guest.expect(&screen, "gicv3 @ 0x800_0000")?;
    has_interrupts(&mut guest, 27, 33)?;
    guest.send_line("poweroff")?;
    guest.wait_for_exit().map(drop)
}

#[test]
fn virt_with_a_gicv2_is_another_board() -> Result<(), Failure> {
    // One core's GICv2 has no targets (IHI 0048B, 4.3.12), so the interrupts of several are another case.
    for cpus in [1, 4] {
        let (mut guest, screen) = boots_as("qemu-virt-gicv2", &Machine::virt().gic(Gic::V2).cpus(cpus))?;
        guest.expect(&screen, "gicv2 @ 0x800_0000")?;
        has_interrupts(&mut guest, 27, 33)?;
        guest.send_line("poweroff")?;
        guest.wait_for_exit()?;
    }
    Ok(())
}

#[test]
fn a_raspberry_pi_4_is_rpi4() -> Result<(), Failure> {
    let tree = std::fs::read(paths::root().join("boards/rpi4.dtb"))?;
    let (mut guest, screen) = boots_as("rpi4", &Machine::raspi4b(tree))?;
    guest.expect(&screen, "4 × Cortex-A72")?;
    guest.expect(&screen, "EL2 → EL1")?;
    guest.expect(&screen, "gicv2 @ 0xff84_1000")?;
    has_interrupts(&mut guest, 27, 153)
}
