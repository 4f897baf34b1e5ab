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

/// The timer's line and the console's count on: the one by itself, the other with each byte that is typed.
fn has_interrupts(guest: &mut Guest, timer: u64, console: u64) -> Result<(), Failure> {
    let mut counts = || -> Result<[u64; 2], Failure> {
        let table = guest.run("irq")?;
        let count = |intid: u64| {
            let row = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
            let mut row = row.filter(|row| row.first() == Some(&intid.to_string().as_str()));
            row.next().and_then(|row| row.get(row.len() - 2)?.parse().ok())
        };
        let counted = [timer, console].map(count);
        match counted {
            [Some(timer), Some(console)] => Ok([timer, console]),
            _ => Err(guest.wrong(&format!("no count of INTID {timer} or {console} in\n{table}"))),
        }
    };
    let before = counts()?;
    std::thread::sleep(std::time::Duration::from_millis(50));
    let after = counts()?;
    assert!(after[0] > before[0] && after[1] > before[1], "{before:?}, then {after:?}");
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
