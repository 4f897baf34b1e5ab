//! The disk's throughput beside Linux: the same QEMU, machine, disk, sizes of reads and amounts, in turns.
//!
//! `KEEL_LINUX=KERNEL:INITRAMFS` names an arm64 Image and an initramfs with `/bin/busybox`. Both stay as they are: a program of ours
//! goes in front of the initramfs, and the command line has Linux start that instead of its `/init`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ::tests::{Cause, Failure, Guest, Image, PROMPT, paths};

use crate::cpio;
use crate::disk::Disk;
use crate::figure::Figures;
use crate::operations::cost;

const VARIABLE: &str = "KEEL_LINUX";
/// Each is measured so often; the best counts, because what one takes longer than another is the host's other work.
const ROUNDS: usize = 5;
/// What Linux starts. It serves the line as Keel's shell does.
const INIT: &str = "bench-init";
/// Without what mitigations cost it.
const COMMAND_LINE: &str =
    "console=ttyAMA0 rdinit=/bench-init quiet panic=-1 printk.devkmsg=on mitigations=off kpti=off nokaslr";

/// The same reads, asked of both.
struct Reads {
    /// What Keel's `bench` calls them.
    bench: &'static str,
    name: &'static str,
    /// Of each.
    bytes: u32,
    /// As `kernel/src/bench/blk.rs` has it.
    count: u32,
}

const READS: [Reads; 2] = [
    Reads { bench: "blk-4k", name: "virtio-blk, 4 KiB at a time", bytes: 4 << 10, count: 4096 },
    Reads { bench: "blk-128k", name: "virtio-blk, 128 KiB at a time", bytes: 128 << 10, count: 512 },
];

/// Measures both, where there is a Linux.
pub(crate) fn measure(image: &Image, figures: &mut Figures) -> Result<(), Failure> {
    let Some(told) = std::env::var_os(VARIABLE) else {
        figures.skip("virtio-blk beside Linux", "MB/s", "KEEL_LINUX=KERNEL:INITRAMFS names none");
        return Ok(());
    };
    let (kernel, initramfs) = both(&told)?;
    let disk = Disk::make("bench-linux-disk")?;
    let mut linux = boot(&disk, kernel, &initramfs)?;
    let mut keel = disk.in_a_machine().boot("bench-linux-keel", image)?;
    keel.wait_for_prompt()?;
    for reads in &READS {
        compare(reads, &mut keel, &mut linux, figures)?;
    }
    Ok(())
}

/// The two files.
fn both(told: &OsStr) -> Result<(PathBuf, PathBuf), Failure> {
    let files: Vec<PathBuf> = std::env::split_paths(told).collect();
    match <[PathBuf; 2]>::try_from(files) {
        Ok([kernel, initramfs]) => Ok((kernel, initramfs)),
        Err(files) => {
            let what = format!("{} files, where KERNEL:INITRAMFS is wanted", files.len());
            Err(Cause::Tool { program: VARIABLE.to_owned(), what }.into())
        }
    }
}

/// Linux on the machine with the disk, ready for commands.
fn boot(disk: &Disk, kernel: PathBuf, initramfs: &Path) -> Result<Guest, Failure> {
    let file = |path: &Path, source| Failure::from(Cause::File { path: path.to_owned(), source });
    let theirs = fs::read(initramfs).map_err(|source| file(initramfs, source))?;
    let mut archive = cpio::archive(&[
        cpio::Entry::folder("dev"),
        // Without it Linux starts a program that nobody hears.
        cpio::Entry::console("dev/console"),
        cpio::Entry::program(INIT, &include_str!("linux-init.sh").replace("PROMPT", PROMPT)),
    ]);
    archive.extend(theirs);
    let path = paths::scratch("bench-linux-initramfs")?.join("initramfs");
    fs::write(&path, archive).map_err(|source| file(&path, source))?;
    let name = path.display().to_string();
    let machine = disk.in_a_machine().extra(&["-initrd", &name, "-append", COMMAND_LINE, "-no-reboot"]);
    let mut linux = machine.boot("bench-linux", &Image { path: kernel })?;
    // It says nothing on the way.
    (linux.patience.silence, linux.patience.limit) = (Duration::from_secs(120), Duration::from_secs(120));
    linux.wait_for_prompt()?;
    Ok(linux)
}

/// Turn by turn, so that what else the host does meets both.
fn compare(reads: &Reads, keel: &mut Guest, linux: &mut Guest, figures: &mut Figures) -> Result<(), Failure> {
    let (mut ours, mut theirs) = (0.0, 0.0);
    for _ in 0..ROUNDS {
        ours = f64::max(ours, of_keel(reads, keel)?);
        theirs = f64::max(theirs, of_linux(reads, linux)?);
    }
    let Reads { name, bytes, count, .. } = reads;
    let rounded = |value: f64| (value * 10.0).round() / 10.0;
    let note = format!("{} MiB, best of {ROUNDS} turns", (bytes * count) >> 20);
    figures.add(&format!("{name}, Keel"), rounded(ours), "MB/s", None, &note);
    figures.add(&format!("{name}, Linux"), rounded(theirs), "MB/s", None, "dd iflag=direct, the same turns");
    figures.add(&format!("{name}, Keel to Linux"), (ours / theirs * 1e3).round() / 1e3, "times", None, "");
    Ok(())
}

/// Megabytes a second, by Keel's clock.
fn of_keel(reads: &Reads, keel: &mut Guest) -> Result<f64, Failure> {
    let said = keel.run(&format!("bench {}", reads.bench))?;
    match cost(&said, reads.bench).filter(|&nanoseconds| nanoseconds > 0.0) {
        Some(nanoseconds) => Ok(f64::from(reads.bytes) * 1e3 / nanoseconds),
        None => Err(keel.wrong(&format!("no time for a read in {said:?}"))),
    }
}

/// Megabytes a second, by Linux' clock.
fn of_linux(reads: &Reads, linux: &mut Guest) -> Result<f64, Failure> {
    let Reads { bytes, count, .. } = reads;
    let said = linux.run(&format!("reads {bytes} {count}"))?;
    linux.expect(&said, &format!("{count}+0 records in"))?;
    match seconds(&said) {
        // One of them is what starting dd costs.
        Some(seconds) => Ok(f64::from(bytes * (count - 1)) / 1e6 / seconds),
        None => Err(linux.wrong(&format!("no three times in {said:?}"))),
    }
}

/// What the second of two commands took longer than the first, by the times round them: `[   12.345678] bench-stamp`.
fn seconds(said: &str) -> Option<f64> {
    let stamps = said.lines().filter_map(|line| line.trim().strip_prefix('[')?.strip_suffix("] bench-stamp"));
    let times: Vec<f64> = stamps.filter_map(|time| time.trim().parse().ok()).collect();
    let [before, between, behind] = times[..] else { return None };
    Some((behind - between) - (between - before)).filter(|&seconds| seconds > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starting_costs_nothing() {
        let said =
            "1+0 records in\n[    9.500000] bench-stamp\n[    9.750000] bench-stamp\n[   11.000000] bench-stamp\n";
        assert_eq!(seconds(said), Some(1.0));
        assert_eq!(seconds("[    9.500000] bench-stamp\n[    9.750000] bench-stamp\n"), None);
        assert_eq!(seconds("dd: can't open '/dev/vda': No such file or directory"), None);
    }

    #[test]
    fn two_files_and_nothing_else() {
        let told = std::env::join_paths(["a/Image", "b/initramfs.cpio.gz"]).unwrap();
        assert_eq!(both(&told).unwrap(), ("a/Image".into(), "b/initramfs.cpio.gz".into()));
        assert!(both(OsStr::new("a/Image")).is_err());
    }
}
