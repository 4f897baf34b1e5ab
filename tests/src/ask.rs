//! Everything that can be asked of a tree and of a ledger, for inputs that nobody meant: seeded mutations here, the fuzz
//! targets in `tests/fuzz/`, which include this file.
//!
//! Answers are written into a text, so that none is optimised away and each can be displayed.

use std::fmt::Write;

use hardware::board::Board;
use hardware::check::Ledger;
use hardware::tree::{Node, Tree};

/// Every answer about every node, and about the machine as a whole.
pub fn tree(tree: &Tree<'_>, text: &mut String) {
    tree.nodes().for_each(|node| every_answer(node, text));
    machine(tree, text);
}

/// Every accessor of a node.
fn every_answer(node: Node<'_>, text: &mut String) {
    text.clear();
    let _ = write!(text, "{} {:?} {:?} {:?}", node.path(), node.status(), node.unit_address(), node.phandle());
    assert!(node.path_eq(&node.path().to_string()));
    for property in node.properties() {
        let _ =
            write!(text, "{} {:?} {:?} {:?}", property.name(), property.as_u32(), property.as_u64(), property.as_str());
        let _ = write!(text, "{}", property.strings().count());
    }
    let _ = write!(text, "{:?}", node.regs().map(|reg| reg.map(|reg| reg.cpu)).collect::<Vec<_>>());
    let _ = write!(text, "{:?} {:?}", node.cpu_window(0), node.cpu_window(255));
    let interrupts = node.interrupts().map(|spec| spec.map(|spec| (spec.controller.index(), spec.gic)));
    let _ = write!(text, "{:?} {:?}", interrupts.collect::<Vec<_>>(), node.interrupt(255));
    let clocks = node.clocks().map(|clock| clock.map(|clock| clock.rate));
    let _ = write!(text, "{:?} {:?}", clocks.collect::<Vec<_>>(), node.fixed_rate());
    let _ = write!(text, "{:?} {}", node.translate_dma(0x1000), node.dma_ranges().count());
    let _ = write!(text, "{:?} {:?}", node.mpidr(), node.enable_method());
}

/// Everything that is asked of the machine as a whole.
fn machine(tree: &Tree<'_>, text: &mut String) {
    text.clear();
    let _ =
        write!(text, "{:?}", tree.stdout().map(|stdout| stdout.map(|stdout| (stdout.node.index(), stdout.options))));
    let _ = write!(text, "{:?}", tree.chosen().map(|chosen| (chosen.bootargs(), chosen.initrd())));
    let _ = write!(text, "{:?}", tree.psci().map(|psci| psci.map(|psci| psci.conduit)));
    let _ = write!(text, "{} {}", tree.memory().count(), tree.memory_reservations().count());
    let _ = write!(text, "{} {} {}", tree.reserved_memory().count(), tree.cpus().count(), tree.aliases().count());
}

/// Everything that follows from a ledger.
pub fn ledger(board: &'static Board, ledger: &Ledger<'_>, text: &mut String) {
    text.clear();
    let _ = write!(text, "{}", ledger.summary());
    for row in ledger.rows() {
        let _ = write!(text, "{}", row.line(board));
    }
    if let Some(patch) = ledger.patch() {
        let _ = write!(text, "{patch}");
    }
    if let Some(story) = ledger.stop() {
        let _ = write!(text, "{story}");
        assert!(ledger.static_console().is_some());
    }
    for device in board.devices {
        let accepted = ledger.accept(&device.present).is_ok();
        for window in device.windows {
            assert!(accepted || ledger.accept(window).is_err(), "{} without {}", device.name, device.compatible);
        }
        assert!(accepted || device.interrupts.iter().all(|line| ledger.accept(line).is_err()));
        assert!(accepted || device.clocks.iter().all(|rate| ledger.accept(rate).is_err()));
    }
}
