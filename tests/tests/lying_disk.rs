//! A virtio disk that answers what it shouldn't: QEMU's never does, so the answers are put into the used ring behind its back, while
//! it takes its time for the true one.

use std::fs;
use std::time::{Duration, Instant};

use tests::memory::Memory;
use tests::monitor::Monitor;
use tests::stub::Socket;
use tests::{Cause, Failure, Guest, Image, Machine, paths};

/// Entries of the rings.
const ENTRIES: u64 = 16;
/// How long the guest may take to ask.
const PATIENCE: Duration = Duration::from_secs(20);
/// What a read of one block gives, with its status.
const DUE: u32 = 513;

/// An entry of the used ring (virtio 1.2, 2.7.8).
struct Used {
    id: u32,
    len: u32,
}

/// The disk's queue, as physical addresses.
struct Queue {
    descriptors: u64,
    available: u64,
    used: u64,
}

/// Boots with a disk, asks it for block 1, gives the answer `used` in its stead, with `status` where it isn't `None`, and gives back
/// what the shell says then. The true answer would come three seconds later.
fn answer(name: &str, used: &Used, status: Option<u8>) -> Result<(Guest, String), Failure> {
    let file = paths::scratch(&format!("{name}-disk"))?.join("disk.img");
    fs::write(&file, vec![7; 512 * 8]).map_err(|source| Cause::File { path: file.clone(), source })?;
    let (served, talk) = (Socket::new(name), Socket::new(&format!("{name}-monitor")));
    // A block takes eight seconds.
    let slow = ["-object", "throttle-group,id=slow,x-bps-total=64", "-global", "virtio-mmio.force-legacy=false"];
    let drive = format!(
        "driver=raw,node-name=disk,file.driver=throttle,file.throttle-group=slow,file.file.driver=file,\
         file.file.filename={}",
        file.display()
    );
    let device = ["-blockdev", &drive, "-device", "virtio-blk-device,drive=disk,id=liar"];
    let mut machine = Machine::virt().extra(&slow).extra(&device);
    for arguments in [Memory::arguments(&served), Monitor::arguments(&talk).to_vec()] {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        machine = machine.extra(&arguments);
    }
    let mut guest = machine.boot(name, Image::under_test()?)?;
    guest.wait_for_prompt()?;
    let queue = Queue::of(&mut Monitor::connect(&talk)?, "liar")?;
    guest.send_line("blk read 0 1")?;
    let mut memory = Memory::connect(&served)?;
    queue.wait_for_request(&mut memory)?;
    if let Some(status) = status {
        queue.set_status(&mut memory, used.id, status)?;
    }
    queue.push(&mut memory, used)?;
    // The reader looks when it has waited for too long.
    let said = guest.wait_for_prompt()?;
    Ok((guest, said))
}

impl Queue {
    /// The one of the device `id`, by what QEMU was told.
    fn of(monitor: &mut Monitor, id: &str) -> Result<Self, Failure> {
        let told = monitor.ask(&format!("info virtio-queue-status /machine/peripheral/{id} 0"))?;
        let address = |name: &str| {
            let line = told.lines().find_map(|line| line.trim().strip_prefix(name)?.trim().strip_prefix("0x"));
            let missing = || Cause::Tool { program: "QEMU's monitor".to_owned(), what: format!("no {name} in {told}") };
            line.and_then(|digits| u64::from_str_radix(digits, 16).ok()).ok_or_else(missing)
        };
        Ok(Self { descriptors: address("desc:")?, available: address("avail:")?, used: address("used:")? })
    }

    /// Until the first request is in the available ring (2.7.6): its idx is 1.
    fn wait_for_request(&self, memory: &mut Memory) -> Result<(), Failure> {
        let start = Instant::now();
        while memory.read(self.available)? >> 16 & 0xffff == 0 {
            assert!(start.elapsed() < PATIENCE, "nothing was asked within {PATIENCE:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// One more entry of the used ring.
    fn push(&self, memory: &mut Memory, used: &Used) -> Result<(), Failure> {
        let ring = self.used;
        // flags, idx, then the first entry's id.
        let before = memory.read(ring)?;
        let index = before >> 16 & 0xffff;
        memory.write(ring + 4 + index % ENTRIES * 8, u64::from(used.len) << 32 | u64::from(used.id))?;
        let head = memory.read(ring)? & !0xffff_0000;
        memory.write(ring, head | ((index + 1) & 0xffff) << 16)
    }

    /// Writes the byte that the last descriptor of the chain from `first` on is for (2.7.5).
    fn set_status(&self, memory: &mut Memory, first: u32, status: u8) -> Result<(), Failure> {
        const NEXT: u64 = 1;
        let mut at = u64::from(first);
        for _ in 0..ENTRIES {
            let descriptor = self.descriptors + at * 16;
            let (address, rest) = (memory.read(descriptor)?, memory.read(descriptor + 8)?);
            if rest >> 32 & NEXT == 0 {
                let byte = address;
                let others = memory.read(byte)? & !0xff;
                return memory.write(byte, others | u64::from(status));
            }
            at = rest >> 48;
        }
        panic!("a chain without an end");
    }
}

#[test]
fn an_answer_that_is_too_short_is_no_answer() -> Result<(), Failure> {
    let (mut guest, said) = answer("disk-short", &Used { id: 0, len: 100 }, Some(0))?;
    guest.expect(&said, &format!("the disk gave 100 of {DUE} bytes at block 1 (EIO)"))?;
    let list = guest.run("blk list --json")?;
    guest.expect(&list, "\"errors\":1")
}

#[test]
fn an_answer_without_a_status_makes_no_sense() -> Result<(), Failure> {
    let (guest, said) = answer("disk-no-status", &Used { id: 0, len: DUE }, None)?;
    guest.expect(&said, "the disk's answer about block 1 makes no sense (EIO)")
}

#[test]
fn a_status_that_there_is_not_makes_no_sense() -> Result<(), Failure> {
    let (guest, said) = answer("disk-status", &Used { id: 0, len: DUE }, Some(0x33))?;
    guest.expect(&said, "the disk's answer about block 1 makes no sense (EIO)")
}

#[test]
fn a_disk_that_answers_what_nobody_asked_is_given_up() -> Result<(), Failure> {
    let (mut guest, said) = answer("disk-unasked", &Used { id: 7, len: DUE }, None)?;
    guest.expect(&said, "the disk is gone: it was given up at an earlier request (ENODEV)")?;
    let again = guest.command("blk read 0 2")?;
    guest.expect(&again.output, "the disk is gone")?;
    let log = guest.run("log")?;
    guest.expect(&log, "an answer by descriptor 7, by which nothing was asked: reset, and left alone")
}
