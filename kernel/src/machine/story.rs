//! Boots that stop: the story on the console where there is one, in the log anyway.
//!
//! The console is then used straight from the board's claim, which nothing has confirmed: what it prints is marked
//! UNCHECKED, and nothing else of the machine is touched.

use core::fmt::{self, Write};

use drivers::pl011::Baud;
use hardware::board::{Board, WithoutTree};
use hardware::check::Ledger;

use crate::arch::beacon::{BEACON, Stage};
use crate::arch::cpu;
use crate::boot::BOARDS;
use crate::log::{BootLog, error};

use super::console::{self, Console};
use super::logged;

/// There is no tree: either one board's file says to go on, and this returns the board, or the boot stops.
pub fn without_tree(why: &dyn fmt::Display) -> &'static Board {
    match BOARDS {
        [board] if matches!(board.without_tree, WithoutTree::Continue { .. }) => {
            error!("{why}");
            board
        }
        _ => refused(why),
    }
}

/// Stops where no board of the image is known to be this machine's: one board's console is worth a try, one of
/// several isn't.
pub fn refused(why: &dyn fmt::Display) -> ! {
    match BOARDS {
        [board] => stop(&Ledger::unchecked(board), why),
        _ => end(why),
    }
}

/// Stops for a reason that isn't in the ledger.
pub fn stop(ledger: &Ledger<'_>, why: &dyn fmt::Display) -> ! {
    fatal(ledger, &format_args!("STOP: {why}\n"))
}

/// Stops with the ledger's own story.
pub fn fatal(ledger: &Ledger<'_>, story: &dyn fmt::Display) -> ! {
    let mut out = Console;
    let unchecked = console::device().is_none() && open_unchecked(ledger);
    // The console's writer has no errors.
    let _ = write!(out, "\n{story}");
    logged::print(&BootLog, &mut out);
    let _ = write!(out, "Keel {} for {}", env!("CARGO_PKG_VERSION"), ledger.board().title());
    let _ = match unchecked {
        true => writeln!(out, ", console UNCHECKED: straight from {}", ledger.board().file),
        false => writeln!(out),
    };
    let _ = writeln!(out, "The boot stops here.");
    end(story)
}

/// Opens the console of the board's claims, which nothing has confirmed.
fn open_unchecked(ledger: &Ledger<'_>) -> bool {
    let Some((device, window)) = ledger.static_console() else { return false };
    match console::open(device, window, Baud::Keep) {
        Ok(()) => true,
        Err(cause) => {
            error!("{}: {cause}", device.name);
            false
        }
    }
}

/// Halts with the reason in the log.
fn end(why: &dyn fmt::Display) -> ! {
    error!("{why}");
    BEACON.reach(Stage::Stopped);
    cpu::halt()
}
