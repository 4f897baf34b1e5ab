//! What the shell needs of the kernel, by noun.
//!
//! The kernel implements [`System`] once, in `machine`; the tests implement it over a tree file. Everything is read
//! through shared references: whatever changes meanwhile (counters, the log) is copied out a row at a time, so no lock
//! is held while something prints.

mod bench;
mod boot;
mod cores;
mod memory;
mod selftest;
mod storage;
mod stress;
mod threads;

use hardware::board::Board;
use hardware::check::Ledger;
use hardware::tree::Tree;

pub use bench::{Bench, Measured};
pub use boot::{Boot, Build, Clock, Stage};
pub use cores::{Core, CoreError, CoreState, Cores, Count};
pub use memory::{Heap, Mapping, Memory, Regime, Region, RegionKind};
pub use selftest::{Outcome, Selftest, Why, why};
pub use storage::{BLOCK, Disk, DiskError, Storage};
pub use stress::{Asked, Stress, Totals, WORKS};
pub use threads::{Lateness, Reserved, ReservedCore, Thread, ThreadState, Threads};

use crate::log::Log;

/// What the machine is, as far as anybody said.
pub trait Described {
    /// The tables that the kernel runs on; `None` where the live tree fits none.
    fn board(&self) -> Option<&'static Board>;

    /// What the check came to; `None` where it never ran.
    fn ledger(&self) -> Option<Ledger<'_>>;

    /// The live device tree; `None` where firmware handed over none that can be read.
    fn tree(&self) -> Option<&Tree<'_>>;
}

/// What the kernel can try out on the machine that it runs on.
pub trait Tried {
    /// What it can test of itself.
    fn selftests(&self) -> &'static [Selftest];

    /// What it can measure.
    fn benches(&self) -> &'static [Bench];

    /// What it can do all at once; `None` where that was left out.
    fn stress(&self) -> Option<Stress>;
}

/// The kernel, as the shell sees it.
pub trait System: Described + Tried {
    /// How the kernel came to where it is.
    fn boot(&self) -> &dyn Boot;

    /// The time.
    fn clock(&self) -> &dyn Clock;

    /// The boot log.
    fn log(&self) -> &dyn Log;

    /// Physical memory and the heap.
    fn memory(&self) -> &dyn Memory;

    /// The cores.
    fn cores(&self) -> &dyn Cores;

    /// Interrupt lines.
    fn interrupts(&self) -> &dyn Interrupts;

    /// Threads.
    fn threads(&self) -> &dyn Threads;

    /// Disks.
    fn storage(&self) -> &dyn Storage;

    /// Ways to end.
    fn power(&self) -> &dyn Power;
}

/// The interrupt lines that have a handler.
pub trait Interrupts {
    /// The nth line in INTID order; `None` past the last.
    fn line(&self, index: usize) -> Option<Line<'_>>;

    /// Interrupts that were none when they were acknowledged (IHI 0069, 2.2.1: INTID 1023).
    fn spurious(&self) -> u64;

    /// Interrupts of lines without a handler; each such line is held back.
    fn unhandled(&self) -> u64;
}

/// An interrupt line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'s> {
    /// The controller's number of it, and how it signals.
    pub interrupt: hardware::board::Interrupt,
    /// Whose it is: the device's name in the board's tables.
    pub device: &'s str,
    /// Whether it is enabled at the controller.
    pub enabled: bool,
    /// How often it was handled, over all CPUs.
    pub count: u64,
}

/// Ways to end. The first two only return if they didn't work.
pub trait Power {
    /// Resets the machine.
    fn reboot(&self) -> PowerError;

    /// Switches the machine off.
    fn power_off(&self) -> PowerError;

    /// Provokes the end of the kernel; returns only in tests.
    fn panic(&self, how: Provoked);
}

/// An end that is asked for, to see what it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provoked {
    /// A panic.
    Panic,
    /// A panic whose report panics.
    PanicTwice,
    /// A stack that is filled until its guard is hit.
    StackOverflow,
    /// A panic on another core, while this one prints and the rest work.
    Elsewhere,
    /// A panic on every core at once.
    Together,
    /// A panic while another core masks interrupts, and then one there.
    Masked,
}

/// Why the machine is still on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PowerError {
    /// The tree has no PSCI, or the check hasn't accepted its conduit.
    #[error("there is no PSCI that the check has accepted")]
    NoPsci,
    /// PSCI returned (DEN 0022, 5.2.2 lists the codes).
    #[error("PSCI refused with {0}")]
    Refused(i32),
}
