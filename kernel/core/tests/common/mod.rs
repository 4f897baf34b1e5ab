//! A kernel that isn't one: the board of [`board`] over qemu-virt's reference tree, with clocks and counters that
//! stand still.

#![allow(dead_code, reason = "each test file uses a part of it")]

mod board;
mod odd;

use std::cell::{Cell, RefCell};

use hardware::board::{Board, Interrupt, Mpidr, Trigger};
use hardware::check::{Ledger, Row, check};
use hardware::tree::{Record, Tree};
use kernel_core::deadline::{Reservation, State, TimerFault, Trust};
use kernel_core::frames::{Usage, Zone};
use kernel_core::log::{Cursor, Level, Log, Record as LogRecord, Ring};
use kernel_core::shell::Shell;
use kernel_core::shell::commands::ALL;
use kernel_core::system::{
    BLOCK, Bench, Boot, Build, Clock, Core, CoreError, CoreState, Cores, Count, Described, Disk, DiskError, Heap,
    Interrupts, Lateness, Line, Mapping, Measured, Memory, Outcome, Power, PowerError, Provoked, Regime, Region,
    RegionKind, Reserved, ReservedCore, Selftest, Stage, Storage, Stress, System, Thread, ThreadState, Threads, Totals,
    Tried, why,
};

pub(crate) use board::BOARD;

static BLOB: &[u8] = include_bytes!("../../../../boards/qemu-virt.dtb");

/// The kernel as the shell sees it.
pub(crate) struct Fake {
    tree: Option<&'static Tree<'static>>,
    ledger: Option<Ledger<'static>>,
    pub(crate) board: Option<&'static Board>,
    pub(crate) log: RefCell<Ring<1024>>,
    pub(crate) psci: Cell<Option<i32>>,
    pub(crate) panics: Cell<usize>,
    pub(crate) frequency_hz: Cell<u64>,
}

/// A terminal on a shell: what is typed goes in, what it would show is kept.
pub(crate) struct Terminal {
    pub(crate) shell: Shell,
    pub(crate) system: Fake,
    pub(crate) shown: String,
}

impl Fake {
    /// With board, tree and ledger.
    pub(crate) fn new() -> Self {
        Self::over(BLOB)
    }

    /// The same board over a tree in which little makes sense.
    pub(crate) fn odd() -> Self {
        Self::over(odd::blob().leak())
    }

    fn over(blob: &'static [u8]) -> Self {
        let records = vec![Record::EMPTY; 256].leak();
        let tree: &'static Tree<'static> = Box::leak(Box::new(Tree::open(blob, records).expect("a tree")));
        let rows = vec![Row::EMPTY; 64].leak();
        let ledger = check(&BOARD, tree, rows).expect("enough rows");
        Self { tree: Some(tree), ledger: Some(ledger), board: Some(&BOARD), ..Self::bare() }
    }

    /// A kernel that found no tree and so no board.
    pub(crate) fn bare() -> Self {
        let mut log = Ring::new();
        log.push(1_000, Level::Info, "entered at EL1");
        log.push(63_500, Level::Warn, "psci.conduit drifts: live wins");
        Self {
            tree: None,
            ledger: None,
            board: None,
            log: RefCell::new(log),
            psci: Cell::new(None),
            panics: Cell::new(0),
            frequency_hz: Cell::new(62_500_000),
        }
    }
}

impl Terminal {
    pub(crate) fn new(system: Fake) -> Self {
        let mut terminal = Self { shell: Shell::new(ALL), system, shown: String::new() };
        terminal.shell.start(&mut terminal.shown).expect("a string takes all");
        terminal
    }

    /// Types bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.shell.feed(byte, &self.system, &mut self.shown).expect("a string takes all");
        }
    }

    /// Types bytes and returns what they made appear.
    pub(crate) fn type_in(&mut self, bytes: impl AsRef<[u8]>) -> String {
        self.shown.clear();
        self.bytes(bytes.as_ref());
        self.shown.clone()
    }

    /// Runs a line and returns what it printed, without the line itself and the next prompt.
    pub(crate) fn run(&mut self, line: &str) -> String {
        let shown = self.type_in(format!("{line}\r"));
        let output = shown.split_once('\n').map_or("", |(_, output)| output);
        output.strip_suffix("keel> ").unwrap_or(output).to_owned()
    }

    /// Runs a line and returns its status and what it printed.
    pub(crate) fn status(&mut self, line: &str) -> (u8, String) {
        let output = self.run(line);
        (self.shell.status(), output)
    }
}

impl Described for Fake {
    fn board(&self) -> Option<&'static Board> {
        self.board
    }
    fn ledger(&self) -> Option<Ledger<'_>> {
        self.ledger
    }
    fn tree(&self) -> Option<&Tree<'_>> {
        self.tree
    }
}

impl System for Fake {
    fn boot(&self) -> &dyn Boot {
        self
    }
    fn clock(&self) -> &dyn Clock {
        self
    }
    fn log(&self) -> &dyn Log {
        self
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
        self
    }
    fn storage(&self) -> &dyn Storage {
        self
    }
    fn power(&self) -> &dyn Power {
        self
    }
}

impl Boot for Fake {
    fn build(&self) -> Build<'_> {
        Build { version: "0.1.0", id: "3f2c1a9", profile: "release" }
    }
    fn entry_level(&self) -> u8 {
        1
    }
    fn cpus_online(&self) -> usize {
        1
    }
    fn stage(&self, index: usize) -> Option<Stage<'_>> {
        let stages = [("entry", 1_000, 26_000), ("tree", 26_000, 88_500), ("check", 88_500, 126_000)];
        stages.get(index).map(|&(name, start, end)| Stage { name, start, end })
    }
}

impl Clock for Fake {
    fn ticks(&self) -> u64 {
        1_000 + 62_500 * 3_723_456
    }
    fn entry_ticks(&self) -> u64 {
        1_000
    }
    fn frequency_hz(&self) -> u64 {
        self.frequency_hz.get()
    }
    fn unix_seconds(&self) -> Option<u64> {
        Some(1_795_338_865)
    }
}

impl Log for Fake {
    fn next(&self, cursor: &mut Cursor) -> Option<LogRecord> {
        self.log.borrow().next(cursor)
    }
    fn dropped(&self) -> u64 {
        self.log.borrow().dropped()
    }
}

impl Memory for Fake {
    fn region(&self, index: usize) -> Option<Region<'_>> {
        let regions = [
            (0x900_0000, 0x1000, RegionKind::Device, "serial0"),
            (0x4000_0000, 0x2000, RegionKind::Tree, "device tree"),
            (0x4020_0000, 0x1_8000, RegionKind::Text, ".text"),
            (0x4021_8000, 0x4000, RegionKind::Rodata, ".rodata"),
            (0x4022_0000, 0x10_0000, RegionKind::Heap, "heap"),
            (0x4032_0000, 0x3fce_0000, RegionKind::Ram, ""),
        ];
        regions.get(index).map(|&(base, size, kind, name)| Region { base, size, kind, name })
    }
    fn mapping(&self, index: usize) -> Option<Mapping<'_>> {
        let mappings = [
            (0xffff_0000_4000_0000, 0x4000_0000, 0x2000_0000, "rw-", "normal", "RAM", None),
            (0xffff_8000_0900_0000, 0x900_0000, 0x1000, "rw-", "device", "serial0", None),
            (0xffff_c000_0000_8000, 0x4400_0000, 0x8000, "rw-", "normal", "stack of thread", Some(7)),
            (0xffff_ffff_8000_0000, 0x4020_0000, 0x1_8000, "r-x", "normal", "text", None),
        ];
        let &(address, physical, size, rights, memory, name, number) = mappings.get(index)?;
        Some(Mapping { address, physical, size, rights, memory, name, number })
    }
    fn regime(&self) -> Regime {
        Regime { wxn: true, pan: None }
    }
    fn frames(&self, zone: Zone) -> Usage {
        match zone {
            Zone::Low => Usage { total: 0, free: 0 },
            Zone::Dma32 => Usage { total: 0x3fce_0000, free: 0x3f00_0000 },
            Zone::Any => Usage { total: 4 << 30, free: (4 << 30) - 4096 },
        }
    }
    fn heap(&self) -> Heap {
        Heap { size: 0x10_0000, used: 1536, peak: 0x1_0000, failures: 0 }
    }
}

impl Interrupts for Fake {
    fn line(&self, index: usize) -> Option<Line<'_>> {
        let lines = [
            (Interrupt::ppi(11, Trigger::LevelLow), "timer", true, 1024),
            (Interrupt::spi(1, Trigger::LevelHigh), "serial0", true, 33),
            (Interrupt::spi(2, Trigger::LevelHigh), "rtc", false, 0),
        ];
        lines.get(index).map(|&(interrupt, device, enabled, count)| Line { interrupt, device, enabled, count })
    }
    fn spurious(&self) -> u64 {
        2
    }
    fn unhandled(&self) -> u64 {
        1
    }
}

impl Cores for Fake {
    fn core(&self, index: usize) -> Option<Core> {
        let silent = || CoreState::Failed("called, and not heard of".try_into().expect("a short text"));
        let states = [CoreState::Running, CoreState::Running, silent()];
        Some(Core { mpidr: Mpidr(index as u64), state: states.get(index)?.clone() })
    }
    fn count(&self, index: usize, count: Count) -> Option<u64> {
        self.core(index).map(|_| 100 * index as u64 + count as u64)
    }
    fn switch_off(&self, index: usize) -> Result<(), CoreError> {
        match index {
            0 => Err(CoreError::BootCpu),
            1 => Ok(()),
            2 => Err(CoreError::NeverRan(2)),
            _ => Err(CoreError::NoSuchCpu(index)),
        }
    }
    fn switch_on(&self, index: usize) -> Result<(), CoreError> {
        Err(CoreError::Already(index, "on"))
    }
}

/// One disk of 32 blocks: block n is full of the byte n, but for block 20, which is bad.
impl Storage for Fake {
    fn disk(&self, index: usize) -> Option<Disk<'_>> {
        let kind = "virtio-blk (modern)";
        let disk = Disk { device: "virtio_mmio@a000000", kind, blocks: 32, read_only: true, reads: 3, errors: 1 };
        (index == 0).then_some(disk)
    }
    fn read(&self, disk: usize, first: u64, into: &mut [u8]) -> Result<(), DiskError> {
        assert!(!into.is_empty() && into.len().is_multiple_of(BLOCK));
        self.disk(disk).ok_or(DiskError::NoDisk(disk))?;
        for (number, block) in (first..).zip(into.chunks_exact_mut(BLOCK)) {
            match number {
                20 => return Err(DiskError::Device(20)),
                0..32 => block.fill(number as u8),
                _ => return Err(DiskError::PastTheEnd(number)),
            }
        }
        Ok(())
    }
}

impl Threads for Fake {
    fn thread(&self, index: usize) -> Option<Thread> {
        let rows = [
            ("shell", 12, ThreadState::Running),
            ("idle", 0, ThreadState::Ready),
            ("work", 24, ThreadState::Waiting),
            ("done", 12, ThreadState::Ended),
        ];
        let &(name, priority, state) = rows.get(index)?;
        Some(Thread { number: index as u16, name, priority, state, cpu: index / 2 })
    }

    fn reserved(&self, index: usize) -> Option<Reserved> {
        let reservation = Reservation::new(125_000, 625_000, 500_000).expect("a reservation");
        let one =
            Reserved { number: 4, name: "motor", cpu: 1, reservation, left: 31_250, overrun: 0, state: State::Ready };
        let other = Reserved { number: 5, name: "audio", left: 0, overrun: 63, state: State::Depleted, ..one };
        [one, other].get(index).copied()
    }

    fn reserved_core(&self, index: usize) -> Option<ReservedCore> {
        let late = Lateness { p50: 63, p99: 950, max: 12_500 };
        let core =
            ReservedCore { cpu: 1, charged_ppm: 500_000, bound_ppm: 850_000, interrupts: 1234, late: Some(late) };
        let fresh = ReservedCore { cpu: 2, charged_ppm: 0, interrupts: 0, late: None, ..core };
        [core, fresh].get(index).copied()
    }

    fn timer(&self) -> Trust {
        Trust::Fault(TimerFault::Rate { measured_hz: 62_500_000, claimed_hz: 54_000_000 })
    }
}

impl Tried for Fake {
    fn selftests(&self) -> &'static [Selftest] {
        &[
            Selftest { name: "frames", run: || Outcome::Pass(why(format_args!("{} runs", 7))) },
            Selftest { name: "clock", run: || Outcome::Fail(why(format_args!("it stands still"))) },
            Selftest { name: "disk", run: || Outcome::Skip(why(format_args!("there is none"))) },
        ]
    }
    fn benches(&self) -> &'static [Bench] {
        &[
            Bench { name: "fast", run: || Ok(Measured::new(125, 1000)) },
            Bench { name: "never", run: || Err("no timer runs") },
        ]
    }
    fn stress(&self) -> Option<Stress> {
        Some(|asked| Totals {
            cpus: 4,
            seed: asked.seed.unwrap_or(7),
            works: [("threads", 12), ("disk reads", 3)].into_iter().collect(),
            latest_ns: 123_456,
            failure: (asked.seconds > 1).then(|| why(format_args!("2 stacks are left"))),
        })
    }
}

impl Power for Fake {
    fn reboot(&self) -> PowerError {
        self.power_off()
    }
    fn power_off(&self) -> PowerError {
        self.psci.get().map_or(PowerError::NoPsci, PowerError::Refused)
    }
    fn panic(&self, _: Provoked) {
        self.panics.set(self.panics.get() + 1);
    }
}
