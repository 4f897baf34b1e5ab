//! What a GICv2's driver needs of the core: who it is, and a barrier. All else is memory-mapped.

use aarch64_cpu::asm::barrier;
use drivers::gicv2::Cpu;
use hardware::board::Mpidr;

use super::cpu;
use super::gic::Core;

impl Cpu for Core {
    fn affinity(&self) -> Mpidr {
        Mpidr(cpu::affinity())
    }

    fn publish(&self) {
        barrier::dsb(barrier::ISHST);
    }
}
