//! Nanoseconds on this machine, and instruction counts that are the same everywhere.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::{LOOK_UPS, WORKS, Work};

const SAMPLES: usize = 51;
const PER_SAMPLE: u64 = 200;

/// What one repetition of some work costs.
pub(crate) struct Figure {
    /// The median.
    pub(crate) nanoseconds: u64,
    /// By `valgrind`, where it's installed.
    pub(crate) instructions: Option<u64>,
    pub(crate) checksum: u64,
}

/// Measures work of this program.
pub(crate) fn measure(name: &str, work: Work, tree: &Path) -> Figure {
    let blob = std::fs::read(tree).expect("a readable tree");
    let sample = || {
        let start = Instant::now();
        for _ in 0..PER_SAMPLE {
            black_box(work(black_box(&blob)));
        }
        start.elapsed().as_nanos() as u64 / PER_SAMPLE
    };
    let nanoseconds = median((0..SAMPLES).map(|_| sample()));
    let program = std::env::current_exe().expect("a path to this program");
    let instructions = instructions(|repetitions| {
        let mut command = vec![program.clone().into_os_string(), "--run".into(), name.into(), tree.into()];
        command.push(repetitions.to_string().into());
        command
    });
    Figure { nanoseconds, instructions, checksum: work(&blob) }
}

/// Does some work again and again, for `valgrind` to count.
pub(crate) fn run(name: &str, tree: &Path, repetitions: u64) {
    let (_, work) = WORKS.into_iter().find(|(work, _)| *work == name).expect("known work");
    let blob = std::fs::read(tree).expect("a readable tree");
    for _ in 0..repetitions {
        black_box(work(black_box(&blob)));
    }
}

/// Compiles the C program and measures it.
pub(crate) fn measure_libfdt(tree: &Path) -> Option<Figure> {
    let program = compile()?;
    let command = |repetitions: u64| {
        let mut command = vec![program.clone().into_os_string(), tree.into(), repetitions.to_string().into()];
        command.extend(LOOK_UPS.map(Into::into));
        command
    };
    let run = || {
        let command = command(PER_SAMPLE);
        let output = Command::new(&command[0]).args(&command[1..]).output().expect("the compiled program runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let (nanoseconds, checksum) = text.trim().split_once(' ').expect("two numbers");
        (nanoseconds.parse::<u64>().expect("nanoseconds"), checksum.parse().expect("a checksum"))
    };
    let (_, checksum) = run();
    let nanoseconds = median((0..SAMPLES).map(|_| run().0));
    Some(Figure { nanoseconds, instructions: instructions(command), checksum })
}

fn compile() -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/look_up/libfdt.c");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("look-up-libfdt");
    let compiled = Command::new("cc").args(["-O2", "-o"]).arg(&program).arg(&source).arg("-lfdt").output();
    match compiled {
        Ok(output) if output.status.success() => Some(program),
        Ok(output) => {
            eprintln!("no figures for libfdt: {}", String::from_utf8_lossy(&output.stderr).trim());
            None
        }
        Err(error) => {
            eprintln!("no figures for libfdt: cc: {error}");
            None
        }
    }
}

/// Instructions of one repetition: what a hundred more of them cost, so that starting the program doesn't count.
fn instructions(command: impl Fn(u64) -> Vec<std::ffi::OsString>) -> Option<u64> {
    let count = |repetitions| {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).args(command(repetitions));
        let output = valgrind.output().ok()?;
        let report = String::from_utf8_lossy(&output.stderr).into_owned();
        let (_, collected) = report.rsplit_once("Collected : ")?;
        collected.split_whitespace().next()?.parse::<u64>().ok()
    };
    Some((count(110)? - count(10)?) / 100)
}

fn median(samples: impl Iterator<Item = u64>) -> u64 {
    let mut samples: Vec<_> = samples.collect();
    samples.sort_unstable();
    samples[samples.len() / 2]
}
