//! Everything at once on four cores, with a disk: nothing lost, nothing left over, nothing worth a warning.

use std::fs;
use std::time::Duration;

use tests::{Cause, Failure, Image, Machine, paths};

/// Seconds, unless `KEEL_STRESS` says otherwise: a share of the ten minutes that are due before a release.
const SHARE: u64 = 60;
/// Bytes of the disk.
const DISK: u32 = 1 << 20;

#[test]
fn nothing_is_lost_and_nothing_is_left_over() -> Result<(), Failure> {
    let seconds = std::env::var("KEEL_STRESS").ok().map_or(SHARE, |text| text.parse().expect("KEEL_STRESS: seconds"));
    let file = paths::scratch("stress-disk")?.join("disk.img");
    let bytes: Vec<u8> = (0..DISK / 4).flat_map(|word| word.wrapping_mul(0x9e37_79b9).to_le_bytes()).collect();
    fs::write(&file, &bytes).map_err(|source| Cause::File { path: file.clone(), source })?;
    let drive = format!("driver=raw,node-name=disk,file.driver=file,file.filename={}", file.display());
    let disk = ["-blockdev", &drive, "-device", "virtio-blk-device,drive=disk"];
    let mut guest = Machine::virt().cpus(4).extra(&disk).boot("stress", Image::under_test()?)?;
    guest.wait_for_prompt()?;
    // It says nothing meanwhile.
    let room = Duration::from_secs(seconds + 120);
    (guest.patience.silence, guest.patience.limit) = (room, room);
    let reply = guest.command(&format!("stress {seconds}"))?;
    let told: Vec<&str> = reply.output.lines().map(str::trim).collect();
    println!("figure: {}", told.join(", "));
    guest.expect(&reply.output, &format!("stress: {seconds} s, 4 CPUs, seed 0x"))?;
    if reply.status != 0 {
        // For the transcript: who waits, and for whom.
        guest.run("threads")?;
        guest.run("irq")?;
    }
    guest.expect(&reply.output, ": PASS\n")?;
    for work in [
        "put off",
        "deferred",
        "wake-ups",
        "values",
        "turns",
        "walks",
        "moves",
        "mutex hand-overs",
        "timers",
        "kicks",
        "threads",
        "heap pieces",
        "frame runs",
        "disk reads",
    ] {
        let count = count(&reply.output, work);
        assert!(count > 0, "no {work} in {seconds} s: {}", reply.output);
    }
    let log = guest.run("log")?;
    let loud = log.lines().find(|line| line.contains("] warn ") || line.contains("] error "));
    assert_eq!(loud, None, "the log");
    Ok(())
}

/// How often `work` was done, by its line.
fn count(told: &str, work: &str) -> u64 {
    let count = told.lines().find_map(|line| line.trim_start().strip_suffix(work)?.strip_suffix(' '));
    count.and_then(|count| count.parse().ok()).unwrap_or(0)
}
