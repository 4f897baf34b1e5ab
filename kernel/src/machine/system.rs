//! The machine as the shell sees it.

use core::sync::atomic::Ordering::Relaxed;

use hardware::board::Board;
use hardware::check::Ledger;
use hardware::tree::Tree;
use kernel_core::log::Log;
use kernel_core::system::{
    Bench, Boot, Build, Clock, Cores, Count, Described, Interrupts, Line, Memory, Power, Selftest, Stage, Storage,
    Stress, System, Threads, Tried,
};

use crate::arch::beacon::{self, BEACON};
use crate::arch::counter;
use crate::counts;
use crate::log::BootLog;
use crate::sched;

use super::{Machine, irq, power, rtc, smp};

/// The boot's stages: each is named by what it did, and ends where the beacon's stage was reached.
const STAGES: [(&str, beacon::Stage, beacon::Stage); 8] = [
    ("entry, page tables", beacon::Stage::Entered, beacon::Stage::Rust),
    ("device tree", beacon::Stage::Rust, beacon::Stage::Tree),
    ("check", beacon::Stage::Tree, beacon::Stage::Checked),
    ("console", beacon::Stage::Checked, beacon::Stage::Console),
    ("memory", beacon::Stage::Console, beacon::Stage::Memory),
    ("devices", beacon::Stage::Memory, beacon::Stage::Devices),
    ("summary", beacon::Stage::Devices, beacon::Stage::Summary),
    ("shell", beacon::Stage::Summary, beacon::Stage::Prompt),
];

impl Described for Machine<'_> {
    fn board(&self) -> Option<&'static Board> {
        Some(self.board)
    }

    fn ledger(&self) -> Option<Ledger<'_>> {
        Some(self.ledger)
    }

    fn tree(&self) -> Option<&Tree<'_>> {
        self.tree
    }
}

impl System for Machine<'_> {
    fn boot(&self) -> &dyn Boot {
        self
    }

    fn clock(&self) -> &dyn Clock {
        self
    }

    fn log(&self) -> &dyn Log {
        &BootLog
    }

    fn memory(&self) -> &dyn Memory {
        self
    }

    fn cores(&self) -> &dyn Cores {
        self
    }

    fn interrupts(&self) -> &dyn Interrupts {
        self
    }

    fn threads(&self) -> &dyn Threads {
        &sched::List
    }

    fn storage(&self) -> &dyn Storage {
        self
    }

    fn power(&self) -> &dyn Power {
        &power::Psci
    }
}

impl Tried for Machine<'_> {
    fn selftests(&self) -> &'static [Selftest] {
        #[cfg(command = "selftest")]
        return crate::selftest::ALL;
        #[cfg(not(command = "selftest"))]
        &[]
    }

    fn benches(&self) -> &'static [Bench] {
        #[cfg(command = "bench")]
        return crate::bench::ALL;
        #[cfg(not(command = "bench"))]
        &[]
    }

    fn stress(&self) -> Option<Stress> {
        #[cfg(command = "stress")]
        return Some(crate::stress::run);
        #[cfg(not(command = "stress"))]
        None
    }
}

impl Boot for Machine<'_> {
    fn build(&self) -> Build<'_> {
        let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
        Build { version: env!("CARGO_PKG_VERSION"), id: option_env!("KEEL_BUILD_ID").unwrap_or("local"), profile }
    }

    fn entry_level(&self) -> u8 {
        BEACON.el.load(Relaxed) as u8
    }

    fn cpus_online(&self) -> usize {
        smp::running()
    }

    fn stage(&self, index: usize) -> Option<Stage<'_>> {
        let &(name, from, to) = STAGES.get(index)?;
        Some(Stage { name, start: BEACON.stamp(from)?, end: BEACON.stamp(to)? })
    }
}

impl Clock for Machine<'_> {
    fn ticks(&self) -> u64 {
        counter::now()
    }

    fn entry_ticks(&self) -> u64 {
        BEACON.stamp(beacon::Stage::Entered).unwrap_or(0)
    }

    fn frequency_hz(&self) -> u64 {
        counter::frequency()
    }

    fn unix_seconds(&self) -> Option<u64> {
        rtc::seconds()
    }
}

impl Interrupts for Machine<'_> {
    fn line(&self, index: usize) -> Option<Line<'_>> {
        irq::line(index)
    }

    fn spurious(&self) -> u64 {
        counts::sum(Count::Spurious)
    }

    fn unhandled(&self) -> u64 {
        counts::sum(Count::Unhandled)
    }
}
