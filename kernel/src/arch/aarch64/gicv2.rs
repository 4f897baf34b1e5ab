//! What a GICv2's driver needs of the core: barriers. All else is memory-mapped.

use aarch64_cpu::asm::barrier;
use drivers::gicv2::Barrier;

use super::gic::Core;

impl Barrier for Core {
    fn publish(&self) {
        barrier::dsb(barrier::ISHST);
    }

    #[inline(always)]
    fn observe(&self) {
        // Loads of devices and of memory are ordered by barriers alone (DDI 0487, B2.3).
        barrier::dmb(barrier::ISHLD);
    }
}
