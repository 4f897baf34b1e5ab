//! The harness itself, against guests of a few instructions: it must hear, wait, time out and tell the difference.

use std::time::Duration;

use tests::{Cause, Failure, Image, Machine, Patience, Raw, paths};

/// Prints `k`, then the byte that x0 points at (nothing when x0 is 0), then stays.
const PRINTS_TREE_BYTE: [u32; 7] = [
    0xd2a1_2001, // movz x1, #0x900, lsl #16     the console's data register on QEMU's virt
    0x5280_0d62, // movz w2, #'k'
    0xb900_0022, // str w2, [x1]
    0xb400_0060, // cbz x0, .+12
    0x3940_0002, // ldrb w2, [x0]
    0xb900_0022, // str w2, [x1]
    0x1400_0000, // b .
];

fn image(name: &str) -> Result<Image, Failure> {
    let path = paths::scratch(&format!("{name}-image"))?.join("image");
    let bytes: Vec<u8> = PRINTS_TREE_BYTE.iter().flat_map(|word| word.to_le_bytes()).collect();
    std::fs::write(&path, bytes)?;
    Ok(Image { path })
}

#[test]
fn raw_hand_over_passes_the_trees_address() -> Result<(), Failure> {
    let image = image("harness-raw")?;
    let machine = Machine::virt().cpus(4).raw(Raw::with_tree(b"Tree".to_vec()).image_at(0x4a20_0000));
    let mut guest = machine.boot("harness-raw", &image)?;
    assert_eq!(guest.wait_for("kT")?, "");
    Ok(())
}

#[test]
fn raw_hand_over_without_a_tree_passes_zero() -> Result<(), Failure> {
    let mut guest = Machine::virt().raw(Raw::without_tree()).boot("harness-zero", &image("harness-zero")?)?;
    guest.wait_for("k")?;
    assert_eq!(guest.settle(Duration::from_millis(300))?, "k");
    Ok(())
}

#[test]
fn silence_is_a_failure_that_shows_what_was_said() -> Result<(), Failure> {
    let mut guest = Machine::virt().raw(Raw::without_tree()).boot("harness-silent", &image("harness-silent")?)?;
    guest.wait_for("k")?;
    guest.patience = Patience { silence: Duration::from_millis(200), ..Patience::default() };
    let failure = guest.wait_for_prompt().expect_err("nothing was said");
    assert!(matches!(failure.cause(), Cause::Silent { .. }), "{failure}");
    assert!(failure.to_string().contains("| k\n"), "{failure}");
    Ok(())
}

#[test]
fn an_emulator_that_ends_is_told_with_its_own_words() -> Result<(), Failure> {
    let machine = Machine::virt().raw(Raw::without_tree()).extra(&["-no-such-option"]);
    let failure = machine.boot("harness-ended", &image("harness-ended")?)?.wait_for("k").expect_err("it can't run");
    assert!(matches!(failure.cause(), Cause::Ended { .. }), "{failure}");
    assert!(failure.to_string().contains("no-such-option"), "{failure}");
    Ok(())
}

#[test]
fn the_machines_own_tree_can_be_had() -> Result<(), Failure> {
    let tree = Machine::virt().cpus(2).tree("harness-own")?;
    assert_eq!(tree.get(..4), Some(&[0xd0, 0x0d, 0xfe, 0xed][..]));
    Ok(())
}
