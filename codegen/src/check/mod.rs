//! The third stage: what can be proven before anything is generated, one rule a file.
//!
//! [`bindings`] has the rules about bindings, [`presets()`] the one about presets; [`board()`] holds a board to all of its
//! own, [`image()`] the boards of one image to each other.

mod alignment;
mod arch;
pub mod bindings;
mod compatible;
mod cpus;
mod facts;
mod firmware;
mod fixes;
mod image;
mod interrupts;
mod left_out;
mod name;
mod needs;
mod overlap;
mod presets;
mod reasons;
mod runnable;
mod values;
mod variants;
mod window_size;

pub use firmware::firmware;
pub use fixes::{fixes, useless_fixes};
pub use image::image;
pub use name::board_name;
pub use presets::presets;
pub use variants::variants;

use crate::findings::Findings;
use crate::model::board::{Board, Inputs};

/// A rule about one board.
type Rule = fn(Inputs<'_>, &Board, &mut Findings);

const RULES: &[Rule] = &[
    alignment::check,
    arch::check,
    compatible::check,
    cpus::check,
    facts::check,
    interrupts::check,
    left_out::check,
    name::check,
    needs::check,
    overlap::check,
    reasons::check,
    runnable::check,
    values::check,
    window_size::check,
];

/// Holds `board` to every rule.
pub fn board(inputs: Inputs<'_>, board: &Board, findings: &mut Findings) {
    for rule in RULES {
        rule(inputs, board, findings);
    }
}
