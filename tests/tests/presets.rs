//! Presets in the image: what one leaves out isn't there, and every one of them builds.

use std::fs;
use std::process::Command;

use tests::{Failure, Image, Machine, paths};

#[test]
fn every_preset_compiles_without_a_warning() {
    let (presets, _) = codegen::presets(&paths::root()).expect("presets");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    for preset in presets.keys() {
        let mut check = Command::new(&cargo);
        // Only checked, so that the kernel alone is looked at anew for each.
        check.args(["check", "--quiet", "--package", "kernel", "--features", "board-qemu-virt,strict"]);
        let output = check.env("KEEL_PRESET", preset).current_dir(paths::root()).output().expect("cargo can be run");
        assert!(output.status.success(), "{preset}:\n{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_least_preset_is_smaller_and_says_what_it_leaves_out() -> Result<(), Failure> {
    let (least, full) = (Image::with_preset("qemu-virt", "hw-minimal")?, Image::with_preset("qemu-virt", "full")?);
    let bytes = |image: &Image| fs::metadata(&image.path).map(|file| file.len());
    let (small, large) = (bytes(&least)?, bytes(&full)?);
    println!("figure: Image of qemu-virt: {small} bytes with hw-minimal, {large} with full");
    assert!(small + 0x2000 <= large, "two pages at least: {small} and {large} bytes");
    let map = fs::read_to_string(least.path.with_extension("map"))?;
    for gone in ["commands::boot::", "commands::files::", "vfs::Vfs", "vfs::proc::", "pl031"] {
        assert!(!map.contains(gone), "the map has {gone}");
    }

    let mut guest = Machine::virt().boot("preset-hw-minimal", &least)?;
    let screen = guest.wait_for_prompt()?;
    let rtc = screen.lines().find(|line| line.contains(" rtc ")).unwrap_or_default();
    guest.expect(rtc, "preset hw-minimal leaves out pl031")?;
    let help = guest.run("help")?;
    let listed: Vec<&str> = help.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    assert_eq!(listed, ["board", "dt", "cpus", "irq", "log", "help", "echo", "reboot"]);
    let refused = guest.command("mem")?;
    assert_eq!(
        (refused.status, refused.output.as_str()),
        (127, "error: \"mem\": the preset hw-minimal leaves it out; another KEEL_PRESET has it\n")
    );
    let (devices, presets) = (guest.run("board devices")?, guest.run("board presets")?);
    guest.expect(&devices, "left out")?;
    guest.expect(&presets, ">hw-minimal")?;
    Ok(())
}
