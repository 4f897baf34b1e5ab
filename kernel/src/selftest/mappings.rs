//! The live page tables, and the registers over them, against the policy; and that an address without a mapping faults.

use kernel_core::system::Outcome;

use crate::arch::mmu::Regime;
use crate::mm::map;

use super::{fail, pass};

pub(super) fn run() -> Outcome {
    if let Err(register) = Regime::of_this_core().check() {
        fail!("{register}");
    }
    if let Some(wrong) = map::mappings().find(|mapping| !mapping.is_allowed()) {
        fail!("{wrong}");
    }
    pass!("{} mappings, each with the rights of its owner", map::mappings().count())
}
