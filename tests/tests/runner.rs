//! What `cargo run --features board-NAME` calls: the machine is the one that the image's own boards have.

use std::fs;

use tests::{Cause, Failure, Guest, Image, paths};

/// Runs an image's ELF as Cargo would.
fn run(name: &str, image: &Image, arguments: &[&str]) -> Result<Guest, Failure> {
    let elf = image.elf().display().to_string();
    Guest::of_cargo(&format!("runner-{name}"), &[&["xtask", "qemu", "--image", &elf], arguments].concat())
}

/// What it says before it fails.
fn refusal(name: &str, image: &Image, arguments: &[&str]) -> Result<String, Failure> {
    let failure = run(name, image, arguments)?.wait_for_prompt().expect_err("there is nothing to boot");
    Ok(failure.to_string())
}

#[test]
fn a_board_kept_elsewhere_gets_the_machine_that_it_asks_for() -> Result<(), Failure> {
    let image = Image::of("tests/fixtures/boards/qemu-kinds.toml")?;
    let mut guest = run("elsewhere", &image, &[])?;
    let screen = guest.wait_for_prompt()?;
    // Two CPUs and 256 MiB are what its [qemu] says.
    guest.expect(&screen, " · qemu-kinds · 2 × Cortex-A76 · 256 MiB")?;
    guest.send_line("poweroff")?;
    guest.wait_for_exit().map(drop)
}

#[test]
fn an_image_of_several_boards_boots_as_the_first_that_qemu_has() -> Result<(), Failure> {
    let mut guest = run("first", Image::of_all_boards()?, &[])?;
    let screen = guest.wait_for_prompt()?;
    guest.expect(&screen, " · qemu-virt · 4 × Cortex-A76")?;
    guest.send_line("poweroff")?;
    guest.wait_for_exit().map(drop)
}

#[test]
fn an_image_of_several_boards_boots_as_the_one_that_is_asked_for() -> Result<(), Failure> {
    let image = Image::of_all_boards()?;
    for (board, banner) in
        [("qemu-virt-gicv2", " · qemu-virt-gicv2 · 4 × Cortex-A76"), ("rpi4", " · rpi4 · 4 × Cortex-A72")]
    {
        let mut guest = run(board, image, &["--board", board])?;
        let screen = guest.wait_for_prompt()?;
        guest.expect(&screen, banner)?;
    }
    Ok(())
}

#[test]
fn files_are_disks_in_the_order_they_are_told() -> Result<(), Failure> {
    let folder =
        paths::scratch("runner-disks").map_err(|source| Cause::File { path: "runner-disks".into(), source })?;
    let mut arguments = vec!["--board".to_owned(), "qemu-virt".to_owned()];
    for (name, blocks) in [("a.img", 3), ("b,c.img", 5)] {
        let path = folder.join(name);
        fs::write(&path, vec![0; blocks * 512]).map_err(|source| Cause::File { path: path.clone(), source })?;
        arguments.extend(["--disk".to_owned(), path.display().to_string()]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut guest = run("disks", Image::of_all_boards()?, &arguments)?;
    guest.wait_for_prompt()?;
    let disks = guest.run("blk list --json")?;
    let at = |blocks| disks.find(blocks).unwrap_or_else(|| panic!("no disk of {blocks}: {disks}"));
    assert!(at("\"blocks\":3,") < at("\"blocks\":5,"), "{disks}");
    Ok(())
}

#[test]
fn what_can_not_be_booted_is_told_with_a_way_out() -> Result<(), Failure> {
    let image = Image::of_all_boards()?;
    let without = refusal("without", image, &["--board", "rpi5"])?;
    for part in ["boards/rpi5.toml has no [qemu]", "cargo xtask image --board rpi5 --release", "boards/qemu-virt.toml"]
    {
        assert!(without.contains(part), "{without}");
    }
    let another = refusal("another", image, &["--board", "tests/fixtures/boards/qemu-kinds.toml"])?;
    assert!(another.contains("not for tests/fixtures/boards/qemu-kinds.toml"), "{another}");
    let mut text = Guest::of_cargo("runner-text", &["xtask", "qemu", "--image", "Cargo.toml"])?;
    let told = text.wait_for_prompt().expect_err("a text").to_string();
    assert!(told.contains("Cargo.toml: not an ELF"), "{told}");
    Ok(())
}
