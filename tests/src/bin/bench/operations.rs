//! What the kernel's operations cost: its own `bench`, on a machine whose time is executed instructions.

use tests::{Failure, Guest, Image, Machine};

use crate::figure::Figures;

/// An operation that the kernel measures.
struct Operation {
    /// What `bench` calls it.
    bench: &'static str,
    /// What the table calls it.
    name: &'static str,
    /// The most it may take.
    bar: Option<f64>,
    note: &'static str,
}

/// On one core. The bars are below the best of others on the same machine: ArceOS switches in 144 and makes and joins a
/// thread in 3,700, NuttX waits for a semaphore in 640, a small Linux' eventfd goes round in 5,608 and its timer wakes
/// in 2,400.
const OPERATIONS: [Operation; 11] = [
    Operation { bench: "yield", name: "yield, per switch", bar: Some(130.0), note: "" },
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
];

/// On several cores.
const CROSS: [Operation; 1] =
    [Operation { bench: "cross-wake", name: "wake to run, across cores", bar: None, note: "two cores" }];

/// Takes the kernel's figures.
pub(crate) fn measure(image: &Image, figures: &mut Figures) -> Result<(), Failure> {
    for (cpus, operations) in [(1, OPERATIONS.as_slice()), (2, CROSS.as_slice())] {
        let machine = Machine::virt().cpus(cpus).instructions_as_time();
        let mut guest = machine.boot(&format!("bench-operations-{cpus}"), image)?;
        guest.wait_for_prompt()?;
        for operation in operations {
            add(&mut guest, operation, figures)?;
        }
    }
    Ok(())
}

/// `bench yield 95 ns`, where a nanosecond is an instruction.
fn add(guest: &mut Guest, operation: &Operation, figures: &mut Figures) -> Result<(), Failure> {
    let Operation { bench, name, bar, note } = operation;
    let line = guest.run(&format!("bench {bench}"))?;
    let result = line.trim().strip_prefix(&format!("bench {bench} ")).unwrap_or_default();
    match result.strip_suffix(" ns").and_then(|count| count.parse().ok()) {
        Some(count) => figures.add(name, count, "instructions", *bar, note),
        None => return Err(guest.wrong(&format!("`bench {bench}` says {line:?}"))),
    }
    Ok(())
}
