//! What a GICv2's driver needs of the core: a barrier. All else is memory-mapped.

use aarch64_cpu::asm::barrier;
use drivers::gicv2::Barrier;

use super::gic::Core;

impl Barrier for Core {
    fn publish(&self) {
        barrier::dsb(barrier::ISHST);
    }
}
