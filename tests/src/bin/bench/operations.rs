//! What the kernel's operations cost: its own `bench`, counted where time is executed instructions, timed where it is the host's.

use ::tests::{Failure, Image, Machine};

use crate::disk::Disk;
use crate::figure::Figures;

/// An operation that the kernel measures.
struct Operation {
    /// What `bench` calls it.
    bench: &'static str,
    /// What the table calls it.
    name: &'static str,
    /// The most instructions it may take.
    bar: Option<f64>,
    note: &'static str,
}

/// On one core. The bars are below the best of others on the same machine: ArceOS switches in 144 and makes and joins a
/// thread in 3,700, NuttX waits for a semaphore in 640, a small Linux' eventfd goes round in 5,608 and its timer wakes
/// in 2,400.
const ONE_CORE: [Operation; 13] = [
    Operation {
        bench: "yield",
        name: "context switch, voluntary",
        bar: Some(130.0),
        note: "yield between two threads",
    },
    Operation { bench: "create-join", name: "thread, create and join", bar: Some(3_000.0), note: "" },
    Operation { bench: "semaphore", name: "semaphore, block and wake", bar: Some(500.0), note: "" },
    Operation { bench: "channel", name: "channel, there and back", bar: Some(600.0), note: "" },
    Operation { bench: "timer-wake", name: "timer to thread, core asleep", bar: Some(500.0), note: "" },
    Operation { bench: "irq-entry", name: "interrupt to handler", bar: Some(120.0), note: "with its sending" },
    Operation { bench: "mutex", name: "mutex, uncontended", bar: None, note: "taken and given back" },
    Operation { bench: "alloc-free", name: "heap, 64 bytes", bar: None, note: "taken and given back" },
    Operation { bench: "frame", name: "frame", bar: None, note: "taken and given back" },
    Operation { bench: "stack", name: "stack, one that waits", bar: None, note: "taken and given back" },
    Operation { bench: "page-fault", name: "page fault, guarded read", bar: None, note: "there and back" },
    Operation {
        bench: "timer-jitter-p50",
        name: "timer jitter, p50",
        bar: None,
        note: "how late 1,000 interrupts came",
    },
    Operation {
        bench: "timer-jitter-p99",
        name: "timer jitter, p99",
        bar: Some(500.0),
        note: "how late 1,000 interrupts came",
    },
];

/// On four cores.
const FOUR_CORES: [Operation; 1] = [Operation {
    bench: "cross-wake",
    name: "wake to run, across cores",
    bar: None,
    note: "of four, the other one asleep",
}];

/// On one core with a disk. A small Linux reads 4 KiB in 9,645 and 128 KiB in 24,771.
const DISK: [Operation; 2] = [
    Operation { bench: "blk-4k", name: "virtio-blk, read of 4 KiB", bar: Some(3_000.0), note: "" },
    Operation { bench: "blk-128k", name: "virtio-blk, read of 128 KiB", bar: Some(10_000.0), note: "" },
];

/// Takes the kernel's figures.
pub(crate) fn measure(image: &Image, figures: &mut Figures) -> Result<(), Failure> {
    let (one, four) = (Machine::virt(), Machine::virt().cpus(4));
    let with_disk = Disk::make("bench-disk")?.in_a_machine();
    for (name, operations, counted, timed) in [
        ("one", ONE_CORE.as_slice(), one.clone().instructions_as_time(), one),
        ("four", &FOUR_CORES, four.clone().instructions_as_time(), four),
        ("disk", &DISK, with_disk.clone().instructions_counted(), with_disk),
    ] {
        let counted = run(image, &format!("bench-{name}-counted"), &counted, operations)?;
        let timed = run(image, &format!("bench-{name}-timed"), &timed, operations)?;
        for ((operation, counted), timed) in operations.iter().zip(counted).zip(timed) {
            figures.add_counted(operation.name, counted, timed, operation.bar, operation.note);
        }
    }
    Ok(())
}

/// What the kernel says of each; one that it doesn't measure is a failure.
fn run(image: &Image, name: &str, machine: &Machine, operations: &[Operation]) -> Result<Vec<f64>, Failure> {
    let mut guest = machine.boot(name, image)?;
    guest.wait_for_prompt()?;
    let measure = |Operation { bench, .. }: &Operation| {
        let said = guest.run(&format!("bench {bench}"))?;
        cost(&said, bench).ok_or_else(|| guest.wrong(&format!("`bench {bench}` says {said:?}")))
    };
    operations.iter().map(measure).collect()
}

/// `bench yield 95 ns`, `bench blk-4k 1187 instructions`: where a nanosecond is an instruction, both are instructions.
pub(crate) fn cost(said: &str, bench: &str) -> Option<f64> {
    let rest = said.trim().strip_prefix("bench ")?.strip_prefix(bench)?.strip_prefix(' ')?;
    let count = rest.strip_suffix(" ns").or_else(|| rest.strip_suffix(" instructions"))?;
    count.parse::<u64>().ok().map(|count| count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_cost_is_one() {
        assert_eq!(cost("bench yield 95 ns\n", "yield"), Some(95.0));
        assert_eq!(cost("bench blk-4k 1187 instructions\n", "blk-4k"), Some(1187.0));
        for said in
            ["", "bench yield skipped: no timer runs", "bench yielding 95 ns", "bench yield -1 ns", "bench yield 95 s"]
        {
            assert_eq!(cost(said, "yield"), None, "{said:?}");
        }
    }
}
