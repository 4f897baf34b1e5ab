//! The machine: where a row of the tables becomes a device, and the kernel's state that goes with it.
//!
//! [`Machine`] is what the boot path builds up and the shell looks at; it implements kernel-core's `System`. What
//! interrupt handlers use too stands in the modules, behind a [`crate::sync::Lock`]: [`console`], [`irq`].

pub mod console;
pub mod irq;
pub mod last_words;
pub mod patience;
pub mod power;
pub mod ram;
pub mod rtc;
pub mod stop;
pub mod story;

mod controller;
mod devices;
mod init_error;
mod logged;
mod memory;
mod shell;
pub mod smp;
pub mod storage;
mod summary;
mod system;
#[cfg(driver = "virtio-mmio")]
pub mod virtio;

#[cfg(preset_feature = "cpu-hotplug")]
pub mod hotplug;
#[cfg(command = "panic")]
mod provoke;

use drivers::pl011;
use hardware::board::{self, Board, Conduit, Device};
use hardware::check::Ledger;
use hardware::tree::Tree;
use kernel_core::text::{Bytes, Chain};

use crate::log::{error, info, warning};
use crate::mm;
use crate::mm::ram::RamError;
use crate::sched;

pub use irq::interrupt;
use ram::LiveRam;

/// Devices that failed to start and that the summary marks; the log has all.
const FAILURES: usize = 32;

/// The running machine.
pub struct Machine<'l> {
    board: &'static Board,
    ledger: Ledger<'l>,
    tree: Option<&'l Tree<'l>>,
    /// Where the tree's blob is in physical memory.
    blob: u64,
    /// Where RAM starts, and its bytes in all, with what firmware keeps.
    ram: board::Window,
    psci: Option<(smccc::psci::Version, Conduit)>,
    failures: heapless::Vec<&'static Device, FAILURES>,
}

impl<'l> Machine<'l> {
    /// A machine that is known and checked; nothing of it has been touched. The tree comes with its physical address.
    pub fn new(board: &'static Board, ledger: Ledger<'l>, tree: Option<(&'l Tree<'l>, u64)>) -> Self {
        power::configure(board);
        let (tree, blob) = tree.unzip();
        let blob = blob.unwrap_or(0);
        Self { board, ledger, tree, blob, ram: board::Window::new(0, 0), psci: None, failures: heapless::Vec::new() }
    }

    /// Maps the RAM that is free and puts the heap on it; too little RAM stops the boot.
    pub fn take_ram(&mut self, ram: LiveRam) {
        let (total, least) = (ram.all.size, self.board.memory.least);
        if total < least {
            let file = self.board.file;
            let (total, least) = (Bytes(total), Bytes(least));
            story::stop(&self.ledger, &format_args!("{total} of RAM, {file} asks for {least}"));
        }
        self.ram = ram.all;
        let ram = ram.without_devices(self.board, &self.ledger);
        match mm::ram::start(ram.free) {
            Ok(()) => {}
            Err(cause @ RamError::Map { .. }) => error!("{cause}"),
            Err(cause @ RamError::None(_)) => story::stop(&self.ledger, &Chain(&cause)),
        }
    }

    /// From here on the boot is a thread, which may wait, and others may run.
    pub fn start_threads(&mut self) {
        if let Err(cause) = sched::start("shell") {
            story::stop(&self.ledger, &cause);
        }
        if cfg!(preset_feature = "deterministic") && self.board.preset.has_feature("deterministic") {
            sched::deadline::allow();
        }
    }

    /// Opens the first console of the board's list whose window the check accepted.
    pub fn open_console(&mut self) {
        let stdout = match self.tree.map(Tree::stdout) {
            Some(Ok(stdout)) => stdout,
            Some(Err(error)) => {
                warning!("stdout-path: {error}");
                None
            }
            None => None,
        };
        for device in self.board.console.iter().filter_map(|&index| self.board.devices.get(usize::from(index))) {
            let Some(claim) = device.windows.first() else { continue };
            match self.ledger.accept(claim).map(|window| console::open(device, window, self.baud(device))) {
                Ok(Ok(())) => {
                    let chosen = stdout.is_some_and(|stdout| stdout.node.path_eq(device.path));
                    let why = if chosen { "stdout-path" } else { "the board file's first that the check accepts" };
                    info!("console: {}, {why}", device.name);
                    return;
                }
                Ok(Err(cause)) => error!("{}: {cause}", device.name),
                Err(refusal) => warning!("{}: not started: {refusal}", device.name),
            }
        }
    }

    /// The line rate that the board file asks for; firmware's where its clock isn't accepted.
    fn baud(&self, device: &'static Device) -> pl011::Baud {
        let board::Baud::Set(rate) = self.board.baud else { return pl011::Baud::Keep };
        let clock = device.clocks.first().map(|clock| self.ledger.accept(clock));
        match clock {
            Some(Ok(clock)) => return pl011::Baud::Set { clock: clock.get(), rate },
            Some(Err(refusal)) => warning!("{}: {rate} baud can't be set without its clock: {refusal}", device.name),
            None => warning!("{}: {rate} baud can't be set: the table has no clock for it", device.name),
        }
        pl011::Baud::Keep
    }
}
