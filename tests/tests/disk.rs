//! virtio-blk: what is on the disk, and disks that err, hang or aren't there.

use std::fs;
use std::path::PathBuf;

use tests::monitor::Monitor;
use tests::stub::Socket;
use tests::{EntryLevel, Failure, Guest, Image, LiveTree, Machine, Raw, paths};

/// Blocks of the disk.
const BLOCKS: u32 = 200;
/// Bytes of a block.
const BLOCK: usize = 512;

/// A disk full of numbers that don't repeat, in the scratch folder of `name`.
fn disk(name: &str) -> Result<(PathBuf, Vec<u8>), Failure> {
    let file = paths::scratch(&format!("{name}-disk"))?.join("disk.img");
    let bytes: Vec<u8> =
        (0..BLOCKS * BLOCK as u32 / 4).flat_map(|word| word.wrapping_mul(0x9e37_79b9).to_le_bytes()).collect();
    fs::write(&file, &bytes).map_err(|source| tests::Cause::File { path: file.clone(), source })?;
    Ok((file, bytes))
}

/// `machine` with a disk behind `node`, QEMU's description of a block device, to the prompt.
fn boot(name: &str, machine: &Machine, node: &str, legacy: bool) -> Result<Guest, Failure> {
    let blockdev = format!("driver=raw,node-name=disk,{node}");
    let transport = format!("virtio-mmio.force-legacy={legacy}");
    let device = "virtio-blk-device,drive=disk";
    let machine = machine.clone().extra(&["-global", &transport, "-blockdev", &blockdev, "-device", device]);
    let mut guest = machine.boot(name, Image::under_test()?)?;
    guest.wait_for_prompt()?;
    Ok(guest)
}

fn file(path: &std::path::Path) -> String {
    format!("file.driver=file,file.filename={}", path.display())
}

/// What a command says that must fail.
fn fails(guest: &mut Guest, line: &str) -> Result<String, Failure> {
    let reply = guest.command(line)?;
    if reply.status == 0 { Err(guest.wrong(&format!("`{line}` did not fail"))) } else { Ok(reply.output) }
}

/// CRC-32 as zlib has it, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

#[test]
fn every_byte_arrives_by_both_transports() -> Result<(), Failure> {
    for (name, machine, legacy, kind) in [
        ("disk-legacy", Machine::virt(), true, "virtio-blk (legacy)"),
        ("disk-modern", Machine::virt(), false, "virtio-blk (modern)"),
        ("disk-cores", Machine::virt().cpus(4), false, "virtio-blk (modern)"),
        ("disk-el2", Machine::virt().entry(EntryLevel::El2), true, "virtio-blk (legacy)"),
    ] {
        let (path, bytes) = disk(name)?;
        let mut guest = boot(name, &machine, &file(&path), legacy)?;
        let list = guest.run("blk list")?;
        guest.expect(&list, kind)?;
        guest.expect(&list, "100 KiB")?;
        let sum = guest.run("blk checksum 0")?;
        guest.expect(&sum, &format!("{:08x}  {BLOCKS} blocks from 0", crc32(&bytes)))?;
        let part = guest.run("blk checksum 0 17 -n 3")?;
        guest.expect(&part, &format!("{:08x}  3 blocks from 17", crc32(&bytes[17 * BLOCK..20 * BLOCK])))?;
        let dump = guest.run("blk read 0 199")?;
        let last: Vec<String> = bytes[199 * BLOCK..][..16].iter().map(|byte| format!("{byte:02x}")).collect();
        guest.expect(&dump, &last.join(" "))?;
    }
    Ok(())
}

/// A board whose disk is behind a bus with `dma-ranges`.
const ON_A_BUS: &str = "tests/fixtures/boards/qemu-dma.toml";

/// Its machine, over its tree with these `dma-ranges`, bus address, physical address, size, and another edit.
fn boot_on_a_bus(
    name: &str,
    rows: &[[u64; 3]],
    edit: impl FnOnce(&mut LiveTree) -> Result<(), Failure>,
) -> Result<(Guest, Vec<u8>), Failure> {
    let (path, bytes) = disk(name)?;
    let mut tree = LiveTree::read(&fs::read(paths::root().join(ON_A_BUS).with_extension("dtb"))?)?;
    tree.set("/bus", "dma-ranges", rows.concat().into_iter().flat_map(u64::to_be_bytes).collect::<Vec<u8>>())?;
    edit(&mut tree)?;
    let machine = Machine::virt().raw(Raw::with_tree(tree.to_blob()));
    let drive = format!("driver=raw,node-name=disk,{}", file(&path));
    let machine = machine.extra(&["-blockdev", &drive, "-device", "virtio-blk-device,drive=disk"]);
    let mut guest = machine.boot(name, &Image::of(ON_A_BUS)?)?;
    guest.wait_for_prompt()?;
    Ok((guest, bytes))
}

#[test]
fn a_disk_is_given_the_memory_that_it_reaches() -> Result<(), Failure> {
    // RAM is 0x4000_0000 to 0x6000_0000: a half, another end, a stretch that no block begins or ends with, two pieces.
    let reaches: [(&str, &[[u64; 3]]); 4] = [
        ("half", &[[0x4000_0000, 0x4000_0000, 0x1000_0000]]),
        ("end", &[[0x5800_0000, 0x5800_0000, 0x800_0000]]),
        ("odd", &[[0x5000_0123, 0x5000_0123, 0x4_0111]]),
        ("pieces", &[[0x8000_0000, 0x8000_0000, 0x1000_0000], [0x4800_0000, 0x4800_0000, 0x10_0000]]),
    ];
    for (name, rows) in reaches {
        let (mut guest, bytes) = boot_on_a_bus(&format!("disk-reach-{name}"), rows, |_| Ok(()))?;
        for _ in 0..2 {
            let sum = guest.run("blk checksum 0")?;
            guest.expect(&sum, &format!("{:08x}  {BLOCKS} blocks from 0", crc32(&bytes)))?;
            // All of RAM was somebody's in between.
            guest.run("selftest frames")?;
        }
        // Where the queue is: the device sees no caches.
        let map = guest.run("mem map")?;
        let queues: Vec<u64> =
            map.lines().filter(|line| line.ends_with("uncached  DMA")).filter_map(physical).collect();
        let reached = |at: &u64| rows.iter().any(|[_, first, size]| (*first..first + size).contains(at));
        assert!(!queues.is_empty() && queues.iter().all(reached), "{name}: {map}");
    }
    Ok(())
}

/// The third column of a row of `mem map`.
fn physical(row: &str) -> Option<u64> {
    let column = row.split_whitespace().nth(2)?.strip_prefix("0x")?;
    u64::from_str_radix(&column.replace('_', ""), 16).ok()
}

#[test]
fn a_disk_that_sees_the_caches_has_its_queue_in_them() -> Result<(), Failure> {
    let half = [[0x4000_0000, 0x4000_0000, 0x1000_0000]];
    let (mut guest, bytes) =
        boot_on_a_bus("disk-coherent", &half, |tree| tree.set("/bus", "dma-coherent", Vec::<u8>::new()).map(drop))?;
    let sum = guest.run("blk checksum 0")?;
    guest.expect(&sum, &format!("{:08x}", crc32(&bytes)))?;
    let map = guest.run("mem map")?;
    assert!(!map.contains("uncached"), "{map}");
    Ok(())
}

#[test]
fn a_disk_that_reaches_nothing_is_left_alone() -> Result<(), Failure> {
    let reaches: [(&str, &[[u64; 3]], &str); 4] = [
        ("nothing", &[[0x4000_0000, 0x4000_0000, 0]], "Failed to allocate DMA memory"),
        ("nowhere", &[[0x8000_0000, 0x8000_0000, 0x1000_0000]], "Failed to allocate DMA memory"),
        ("wrapped", &[[u64::MAX - 0xfff, 0x4000_0000, 0x2000_0000]], "Failed to allocate DMA memory"),
        ("many", &[[0x4000_0000, 0x4000_0000, 0x1000]; 5], "its bus' dma-ranges make no sense"),
    ];
    for (name, rows, told) in reaches {
        let (mut guest, _) = boot_on_a_bus(&format!("disk-reach-{name}"), rows, |_| Ok(()))?;
        let log = guest.run("log")?;
        guest.expect(&log, "virtio_mmio@a003e00: not started: ")?;
        guest.expect(&log, told)?;
        let list = guest.run("blk list")?;
        guest.expect(&list, "no disk")?;
    }
    Ok(())
}

#[test]
fn reads_are_ended_by_interrupts() -> Result<(), Failure> {
    let (path, _) = disk("disk-interrupts")?;
    let mut guest = boot("disk-interrupts", &Machine::virt(), &file(&path), false)?;
    let count = |guest: &mut Guest| -> Result<u64, Failure> {
        let lines = guest.run("irq --json")?;
        let json: serde_json::Value = serde_json::from_str(&lines).map_err(|error| guest.wrong(&error.to_string()))?;
        let line = json["lines"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|line| line["device"].as_str().is_some_and(|device| device.starts_with("virtio_mmio")));
        line.and_then(|line| line["count"].as_u64()).ok_or_else(|| guest.wrong(&format!("no virtio line: {lines}")))
    };
    let before = count(&mut guest)?;
    guest.run("blk checksum 0")?;
    let after = count(&mut guest)?;
    assert!(after - before >= 25, "25 reads of 8 blocks, {} interrupts", after - before);
    Ok(())
}

#[test]
fn a_bad_block_costs_its_read_and_nothing_else() -> Result<(), Failure> {
    let (path, bytes) = disk("disk-bad-block")?;
    let bad = format!(
        "file.driver=blkdebug,file.inject-error.0.event=none,file.inject-error.0.iotype=read,\
         file.inject-error.0.sector=42,file.inject-error.0.errno=5,file.image.driver=file,file.image.filename={}",
        path.display()
    );
    let mut guest = boot("disk-bad-block", &Machine::virt(), &bad, false)?;
    let told = fails(&mut guest, "blk read 0 42")?;
    guest.expect(&told, "the disk reports an error at block 42 (EIO)")?;
    let sum = guest.run("blk checksum 0 100 -n 8")?;
    guest.expect(&sum, &format!("{:08x}", crc32(&bytes[100 * BLOCK..108 * BLOCK])))?;
    let list = guest.run("blk list --json")?;
    guest.expect(&list, "\"errors\":1")
}

#[test]
fn a_disk_that_hangs_is_given_up_and_the_rest_goes_on() -> Result<(), Failure> {
    let (path, _) = disk("disk-hangs")?;
    // A block takes eight seconds. QEMU ends what is under way before a reset is done, so it must end some time.
    let group = "throttle-group,id=slow,x-bps-total=64";
    let slow = format!("file.driver=throttle,file.throttle-group=slow,{}", file(&path).replace("file.", "file.file."));
    let machine = Machine::virt().extra(&["-object", group]);
    let mut guest = boot("disk-hangs", &machine, &slow, false)?;
    let told = fails(&mut guest, "blk read 0 1")?;
    guest.expect(&told, "the disk doesn't answer (ETIMEDOUT)")?;
    let gone = fails(&mut guest, "blk read 0 1")?;
    guest.expect(&gone, "the disk is gone: it was given up at an earlier request (ENODEV)")?;
    let log = guest.run("log")?;
    guest.expect(&log, "no answer within 5 s: reset, and left alone")
}

/// Two disks, the second one the test's to take things from through QEMU's monitor: its file, and the first one's bytes.
fn boot_with_monitor(name: &str, socket: &Socket) -> Result<(Guest, Monitor, Vec<u8>), Failure> {
    let (path, bytes) = disk(name)?;
    let going = path.with_extension("going");
    fs::write(&going, &bytes[..BLOCKS as usize / 2 * BLOCK])
        .map_err(|source| tests::Cause::File { path: going.clone(), source })?;
    let drive = format!("if=none,id=going,format=raw,file={}", going.display());
    let arguments = Monitor::arguments(socket);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // What comes first has the last slot, which is started last.
    let machine =
        Machine::virt().extra(&arguments).extra(&["-drive", &drive, "-device", "virtio-blk-device,drive=going"]);
    let guest = boot(name, &machine, &file(&path), false)?;
    Ok((guest, Monitor::connect(socket)?, bytes))
}

#[test]
fn a_disk_that_vanishes_is_told_at_each_read_and_the_other_goes_on() -> Result<(), Failure> {
    let socket = Socket::new("disk-vanishes");
    let (mut guest, mut monitor, bytes) = boot_with_monitor("disk-vanishes", &socket)?;
    guest.run("blk checksum 1")?;
    monitor.tell("drive_del going")?;
    for block in [0, 7] {
        let told = fails(&mut guest, &format!("blk read 1 {block}"))?;
        guest.expect(&told, &format!("the disk reports an error at block {block} (EIO)"))?;
    }
    let sum = guest.run("blk checksum 0")?;
    guest.expect(&sum, &format!("{:08x}", crc32(&bytes)))
}

#[test]
fn a_disk_that_shrinks_ends_where_it_says() -> Result<(), Failure> {
    let socket = Socket::new("disk-shrinks");
    let (mut guest, mut monitor, bytes) = boot_with_monitor("disk-shrinks", &socket)?;
    guest.run("blk read 1 99")?;
    monitor.tell("block_resize going 10k")?;
    // The worker looks, as soon as the interrupt has come.
    let told = fails(&mut guest, "blk read 1 99")?;
    guest.expect(&told, "block 99 is past the disk's end (EINVAL)")?;
    let sum = guest.run("blk checksum 1")?;
    guest.expect(&sum, &format!("{:08x}  20 blocks from 0", crc32(&bytes[..20 * BLOCK])))?;
    let log = guest.run("log")?;
    guest.expect(&log, "100 blocks have become 20")
}

#[test]
fn without_a_disk_there_is_none() -> Result<(), Failure> {
    let mut guest = Machine::virt().boot("disk-none", Image::under_test()?)?;
    guest.wait_for_prompt()?;
    let list = guest.run("blk list")?;
    guest.expect(&list, "no disk")?;
    let told = fails(&mut guest, "blk read 0 0")?;
    guest.expect(&told, "there is no disk 0 (ENODEV)")
}
