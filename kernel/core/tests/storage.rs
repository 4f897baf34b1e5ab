//! `blk` over a disk whose every byte is known.

mod common;

use common::{Fake, Terminal};

#[test]
fn disks_are_listed() {
    let mut terminal = Terminal::new(Fake::new());
    let table = terminal.run("blk list");
    assert!(table.contains("virtio_mmio@a000000  virtio-blk (modern)  16 KiB  read-only"), "{table}");
    let json: serde_json::Value = serde_json::from_str(&terminal.run("blk list --json")).expect("JSON");
    assert_eq!((&json["disks"][0]["blocks"], &json["disks"][0]["errors"]), (&32.into(), &1.into()));
}

#[test]
fn blocks_are_shown_once_where_they_repeat() {
    let mut terminal = Terminal::new(Fake::new());
    let dump = terminal.run("blk read 0 0x10 -n 2");
    let bytes = |byte: &str| format!(" {byte}").repeat(16);
    let expected = format!(
        "0000002000 {}  {}\n*\n0000002200 {}  {}\n*\n",
        bytes("10"),
        ".".repeat(16),
        bytes("11"),
        ".".repeat(16)
    );
    assert_eq!(dump, expected);
}

#[test]
fn checksums_are_those_of_the_host() {
    let mut terminal = Terminal::new(Fake::new());
    // python3: zlib.crc32(bytes([1] * 512 + [2] * 512))
    assert_eq!(terminal.run("blk checksum 0 1 -n 2"), "a952f094  2 blocks from 1\n");
    assert_eq!(terminal.run("blk checksum 0 -n 0"), "00000000  0 blocks from 0\n");
}

#[test]
fn what_cannot_be_read_is_told() {
    let mut terminal = Terminal::new(Fake::new());
    for (line, told) in [
        ("blk read 1 0", "there is no disk 1"),
        ("blk checksum 7", "there is no disk 7"),
        ("blk read 0 20", "the disk reports an error at block 20"),
        ("blk checksum 0", "the disk reports an error at block 20"),
        ("blk read 0 32", "block 32 is past the disk's end"),
        ("blk checksum 0 32", "block 32 is past the disk's end"),
        ("blk read 0 18446744073709551615 -n 2", "past the disk's end"),
        ("blk read 0 x", "\"x\" is no number"),
        ("blk read -1 0", "unknown flag"),
        ("blk read 0", "BLOCK is missing"),
        ("blk", "it takes a word"),
    ] {
        let (status, said) = terminal.status(line);
        assert!(status != 0 && said.contains(told), "{line}: {said}");
    }
}
