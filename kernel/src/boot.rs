//! All of boot on one page.

use hardware::board::{Board, WithoutTree};
use hardware::check::{self, Ledger, Row};
use hardware::tree::Tree;

use crate::arch::beacon::{BEACON, Stage};
use crate::arch::{cpu, probe};
use crate::log::{info, warning};
use crate::machine::ram::LiveRam;
use crate::machine::{Machine, smp, story};
use crate::mm;

pub use tables::BOARDS;

/// A row per fact of the largest board, and room for devices that no table claims.
const ROWS: usize = check::rows_for(BOARDS);

/// Where `head.S` hands over: in the high half, on the main stack, exceptions masked.
pub extern "C" fn entry() -> ! {
    BEACON.reach(Stage::Rust);
    mm::leave_load_address();
    if probe::take_pending_serror() {
        warning!("firmware left an external abort behind");
    }
    cpu::unmask_aborts();

    let (x0, load, el) = BEACON.entry();
    info!("entered at EL{el}, loaded at {load:#x}, x0 {x0:#x}");
    let tree = mm::firmware_tree(x0).map_err(|error| story::without_tree(&error));
    let tree =
        tree.and_then(|blob| Tree::open(blob, mm::take_tree_records()).map_err(|error| story::without_tree(&error)));
    BEACON.reach(Stage::Tree);
    let mut rows = [Row::EMPTY; ROWS];
    match &tree {
        Ok(tree) => with_tree(tree, x0, &mut rows),
        Err(board) => unchecked(board),
    }
}

/// Where `secondary.S` hands over another core, in the high half, on its own stacks, exceptions masked.
pub extern "C" fn secondary_entry() -> ! {
    smp::arrive()
}

/// The usual way: the live tree chooses the board, and holds its every fact against what is there.
fn with_tree<'l>(tree: &'l Tree<'l>, at: u64, rows: &'l mut [Row<'l>; ROWS]) -> ! {
    info!("device tree: {} nodes, {} bytes", tree.len(), tree.blob().len());
    let board = check::select(BOARDS, tree).unwrap_or_else(|refused| story::refused(&refused));
    let ledger = check::check(board, tree, rows).unwrap_or_else(|error| story::stop(&Ledger::unchecked(board), &error));
    BEACON.reach(Stage::Checked);
    if let Some(fatal) = ledger.stop() {
        story::fatal(&ledger, &fatal);
    }
    info!("{}: {}", board.title(), ledger.summary());
    run(Machine::new(board, ledger, Some((tree, at))), LiveRam::of_tree(tree, at))
}

/// Without a usable tree, where the board file says to go on.
fn unchecked(board: &'static Board) -> ! {
    BEACON.reach(Stage::Checked);
    let ledger = Ledger::unchecked(board);
    match board.without_tree {
        WithoutTree::Continue { memory } => run(Machine::new(board, ledger, None), LiveRam::of_claim(memory)),
        WithoutTree::Refuse => story::stop(&ledger, &"no usable device tree"),
    }
}

/// From checked facts to the prompt.
fn run(mut machine: Machine<'_>, ram: LiveRam) -> ! {
    machine.open_console();
    BEACON.reach(Stage::Console);
    machine.take_ram(ram);
    machine.start_threads();
    BEACON.reach(Stage::Memory);
    machine.start_devices();
    machine.start_cores();
    mm::map::check();
    BEACON.reach(Stage::Devices);
    machine.summary();
    BEACON.reach(Stage::Summary);
    machine.shell()
}

/// `BOARDS`, written by kernel/build.rs from the board files that the features chose.
mod tables {
    include!(concat!(env!("OUT_DIR"), "/tables.rs"));
}
